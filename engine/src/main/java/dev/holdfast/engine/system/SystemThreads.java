package dev.holdfast.engine.system;

import dev.holdfast.core.Defaults;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Threads;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Real threads: platform threads for the engine, virtual ones for user code. */
public final class SystemThreads implements Threads {
    private static final Logger LOG = LoggerFactory.getLogger(SystemThreads.class);
    private static final Duration MOMENT = Duration.ofMillis(100);

    @Override
    public Thread loop(String name, Runnable body) {
        return Thread.ofPlatform().name(name).daemon().start(() -> goOn(name, body));
    }

    private static void goOn(String name, Runnable body) {
        boolean failed = failed(name, body);
        while (failed && rested()) failed = failed(name, body);
    }

    /** Where there is no memory left, there may be none for this, either. */
    private static void tell(String name, Throwable e) {
        try {
            LOG.error("thread {} failed, and goes on in a moment", name, e);
        } catch (Throwable untold) {
            // It goes on all the same.
        }
    }

    private static boolean failed(String name, Runnable body) {
        try {
            body.run();
            return false;
        } catch (Throwable e) {
            tell(name, e);
            return true;
        }
    }

    private static boolean rested() {
        try {
            Thread.sleep(MOMENT);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    @Override
    public Thread task(String name, Runnable body) {
        return Thread.ofVirtual()
                .name(name)
                .uncaughtExceptionHandler((t, e) -> LOG.error("thread {} died", t.getName(), e))
                .start(body);
    }

    @Override
    public Bell bell() {
        return new SystemBell();
    }

    @Override
    public Lock lock() {
        return new ReentrantLock();
    }

    @Override
    public void join(Thread thread) throws InterruptedException {
        thread.join();
    }

    private static final class SystemBell implements Bell {
        private final Semaphore rings = new Semaphore(0);

        @Override
        public void ring() {
            // More than one ring is one ring; a ring that comes between these two is only one more look.
            if (rings.availablePermits() == 0) rings.release();
        }

        @Override
        public boolean await(Duration limit) throws InterruptedException {
            if (!rings.tryAcquire(Math.max(0, Defaults.atMostLongest(limit).toNanos()), TimeUnit.NANOSECONDS))
                return false;
            rings.drainPermits();
            return true;
        }
    }
}
