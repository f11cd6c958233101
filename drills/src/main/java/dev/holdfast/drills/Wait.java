package dev.holdfast.drills;

import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/** Waiting for what is seen from outside only by looking. */
final class Wait {
    private static final int LOOK_MILLIS = 10;

    private Wait() {}

    /** Whether it came in time. */
    static boolean until(Duration limit, BooleanSupplier condition) throws InterruptedException {
        Instant end = Instant.now().plus(limit);
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(end)) return false;
            Thread.sleep(LOOK_MILLIS);
        }
        return true;
    }

    /** @throws IllegalStateException if it does not come in time; says for what was waited */
    static void need(String what, Duration limit, BooleanSupplier condition) throws InterruptedException {
        if (until(limit, condition)) return;
        throw new IllegalStateException("waited " + limit.toSeconds() + " s in vain: " + what);
    }
}
