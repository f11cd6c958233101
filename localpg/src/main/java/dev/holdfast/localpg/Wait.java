package dev.holdfast.localpg;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another process does, of which nobody tells us. */
final class Wait {
    private static final Duration LOOK = Duration.ofMillis(5);

    /** Whether it came true in time. */
    static boolean until(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) return false;
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("interrupted while waiting for PostgreSQL");
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
        return true;
    }

    private Wait() {}
}
