package dev.holdfast.testkit;

import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Threads;
import java.time.Duration;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;

/**
 * Threads that look around once a second when hints are lost. Otherwise nobody wakes up for nothing, so that a test can
 * let years pass.
 */
final class Looks implements Threads {
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Threads threads;
    private final BooleanSupplier hintsAreLost;

    Looks(Threads threads, BooleanSupplier hintsAreLost) {
        this.threads = threads;
        this.hintsAreLost = hintsAreLost;
    }

    @Override
    public Thread loop(String name, Runnable body) {
        return threads.loop(name, body);
    }

    @Override
    public Thread task(String name, Runnable body) {
        return threads.task(name, body);
    }

    @Override
    public Bell bell() {
        Bell bell = threads.bell();
        return new Bell() {
            @Override
            public void ring() {
                bell.ring();
            }

            @Override
            public boolean await(Duration limit) throws InterruptedException {
                boolean isCut = hintsAreLost.getAsBoolean() && limit.compareTo(LOOK) > 0;
                return bell.await(isCut ? LOOK : limit);
            }
        };
    }

    @Override
    public Lock lock() {
        return threads.lock();
    }

    @Override
    public void join(Thread thread) throws InterruptedException {
        threads.join(thread);
    }
}
