package dev.holdfast.engine;

import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Threads;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;

/**
 * What those share who watch the same here: it is opened for the first of them and goes with the last.
 *
 * @param <K> what they watch
 * @param <T> what they share
 */
final class Together<K, T> {
    private final Threads threads;
    private final Lock lock;
    private final Map<K, Shared<T>> all = new HashMap<>();

    Together(Threads threads) {
        this.threads = threads;
        this.lock = threads.lock();
    }

    private static final class Shared<T> {
        final Opened<T> opened;
        int watchers;

        Shared(Opened<T> opened) {
            this.opened = opened;
        }
    }

    /**
     * Something to share.
     *
     * @param looks rings those who share it
     * @param close is called when the last of them has left
     */
    record Opened<T>(T what, OneLook<?> looks, Runnable close) {}

    /**
     * A place among those who share something, until it is left.
     *
     * @param bell rings when there is something new
     */
    record Place<T>(T what, Bell bell, Runnable leave) {}

    /** It listens before anything is read: what is written from now on rings. */
    Place<T> join(K key, Supplier<Opened<T>> opens) {
        Bell bell = threads.bell();
        lock.lock();
        try {
            Shared<T> shared = all.get(key);
            if (shared == null) {
                shared = new Shared<>(opens.get());
                all.put(key, shared);
            }
            shared.watchers++;
            Runnable silence = shared.opened.looks().wakes(bell);
            return new Place<>(shared.opened.what(), bell, () -> leave(key, silence));
        } finally {
            lock.unlock();
        }
    }

    private void leave(K key, Runnable silence) {
        silence.run();
        lock.lock();
        try {
            Shared<T> shared = all.get(key);
            if (shared == null || --shared.watchers > 0) return;
            all.remove(key);
            shared.opened.close().run();
        } finally {
            lock.unlock();
        }
    }
}
