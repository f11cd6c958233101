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

    @Override
    public Thread loop(String name, Runnable body) {
        return Thread.ofPlatform()
                .name(name)
                .daemon()
                .uncaughtExceptionHandler((t, e) -> LOG.error("thread {} died", t.getName(), e))
                .start(body);
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
