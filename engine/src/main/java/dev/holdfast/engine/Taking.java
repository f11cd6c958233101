package dev.holdfast.engine;

import dev.holdfast.engine.port.Claimed;
import java.util.List;
import java.util.concurrent.locks.Lock;

/**
 * What one claim is given. It is reserved before whoever asked is answered, so that nobody takes it for something that is held and
 * executed by nobody. An answer may be an error all the same, before or after that: then nothing stays reserved, and whoever looks
 * for what nobody executes finds it.
 */
final class Taking {
    private final Executor executor;
    private final Lock lock;
    private List<Claimed> reserved = List.of();
    private boolean failed;

    Taking(Executor executor, Lock lock) {
        this.executor = executor;
        this.lock = lock;
    }

    /** It is committed, and nobody has been answered. */
    void told(List<Claimed> given) {
        lock.lock();
        try {
            if (failed) return;
            executor.reserve(given);
            reserved = given;
        } finally {
            lock.unlock();
        }
    }

    /** Whoever asked was given an error, and begins nothing. */
    void failed() {
        lock.lock();
        try {
            failed = true;
            reserved.forEach(executor::release);
            reserved = List.of();
        } finally {
            lock.unlock();
        }
    }
}
