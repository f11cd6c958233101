package dev.holdfast.engine;

import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;

/**
 * Whoever has it is the single writer of a run. He may wait for the ledger, for long if somebody has locked what he writes:
 * whoever looks at all runs does not wait with him, and comes again when he is done.
 */
final class Pen {
    private final Lock lock;
    private final Runnable comeAgain;
    /** Somebody has come while somebody else had it. */
    private volatile boolean missed;

    /** @param lock reentrant */
    Pen(Lock lock, Runnable comeAgain) {
        this.lock = lock;
        this.comeAgain = comeAgain;
    }

    /** Does this as the single writer. */
    <T> T taken(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            putDown();
        }
    }

    /**
     * Does this as the single writer, if nobody is at it.
     *
     * @return empty if somebody is at it
     */
    <T> Optional<T> ifFree(Supplier<T> work) {
        if (!lock.tryLock()) return Optional.empty();
        try {
            return Optional.of(work.get());
        } finally {
            putDown();
        }
    }

    /** The same; if somebody is at it, whoever asks for this comes again when he is done. */
    <T> Optional<T> nowOrAgain(Supplier<T> work) {
        Optional<T> done = ifFree(work);
        if (done.isPresent()) return done;
        missed = true;
        // He may have been done before he could see that.
        return ifFree(work);
    }

    private void putDown() {
        lock.unlock();
        if (!missed) return;
        missed = false;
        comeAgain.run();
    }
}
