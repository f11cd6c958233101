package dev.holdfast.engine;

import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Threads;
import java.time.Duration;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * Something that changes, read once for all who want to know it, however many they are. A hint, or a second without one,
 * asks for a look; who comes first takes it, on his own thread and without a lock, and who comes meanwhile waits for it.
 *
 * <p>A look that fails is told to whoever waits for it, and the next one who comes tries again.
 *
 * @param <L> what a look has found
 */
final class OneLook<L> {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final Clock clock;
    private final Lock lock;
    private final Condition looked;
    private final AtomicLong asked = new AtomicLong(1);
    private final AtomicLong watchers = new AtomicLong();
    private final ConcurrentSkipListMap<Long, Bell> bells = new ConcurrentSkipListMap<>();
    private volatile @Nullable Taken<L> newest;
    private @Nullable Looking looking;

    OneLook(Threads threads, Clock clock) {
        this.clock = clock;
        this.lock = threads.lock();
        this.looked = lock.newCondition();
    }

    /** Somebody who wants to know what there is beyond his position. */
    interface Reader<L> {
        /** Whether what is beyond his position begins before this look does: no look like it is of use to him. */
        boolean isBehind(L look);

        /** Whether this look, if it is new enough, tells him all that he can be told at once. */
        boolean isTold(L look);

        /** @param before the newest look; null if this is the first */
        L take(@Nullable L before);
    }

    /**
     * A look that was taken.
     *
     * @param asked how often had been asked for one before it
     * @param at the clock's nanos before it
     */
    private record Taken<L>(L look, long asked, long at) {
        boolean isEnough(Reader<L> who, long wanted) {
            return who.isBehind(look) || (asked >= wanted && who.isTold(look));
        }
    }

    /** A look under way; its fields belong to the lock. */
    private static final class Looking {
        final long asked;
        boolean done;

        @Nullable
        RuntimeException failure;

        Looking(long asked) {
            this.asked = asked;
        }
    }

    /** @return what takes it away */
    Runnable wakes(Bell bell) {
        Long number = watchers.incrementAndGet();
        bells.put(number, bell);
        return () -> bells.remove(number);
    }

    /** There may be something new: for all who want to know it. */
    void hint() {
        ask();
        bells.values().forEach(Bell::ring);
    }

    /** The next look that somebody gets is one that begins after this. */
    void ask() {
        asked.incrementAndGet();
    }

    /** The newest look, however old; null if there is none yet. */
    @Nullable
    L known() {
        Taken<L> taken = newest;
        return taken == null ? null : taken.look();
    }

    /** How often was asked for a look so far, now too if the newest is a second old: whoever knows less should take one. */
    long asked() {
        long so = asked.get();
        Taken<L> taken = newest;
        boolean old = taken == null || clock.nanos() - taken.at() >= LOOK_AGAIN.toNanos();
        if (old && (taken == null || taken.asked() == so)) asked.compareAndSet(so, so + 1);
        return asked.get();
    }

    /** A look as new as the newest hint, or any if he is behind all of them. */
    L newest(Reader<L> who) {
        long wanted = asked.get();
        Taken<L> taken = newest;
        return taken != null && taken.isEnough(who, wanted) ? taken.look() : share(who, wanted);
    }

    private L share(Reader<L> who, long wanted) {
        Looking mine;
        lock.lock();
        try {
            while (true) {
                Taken<L> taken = newest;
                if (taken != null && taken.isEnough(who, wanted)) return taken.look();
                Looking other = looking;
                if (other == null) break;
                while (!other.done) looked.awaitUninterruptibly();
                if (other.failure != null && other.asked >= wanted) throw other.failure;
            }
            mine = new Looking(asked.get());
            looking = mine;
        } finally {
            lock.unlock();
        }
        return take(mine, who);
    }

    private L take(Looking mine, Reader<L> who) {
        Taken<L> taken = null;
        RuntimeException failure = null;
        try {
            long at = clock.nanos();
            Taken<L> before = newest;
            taken = new Taken<>(who.take(before == null ? null : before.look()), mine.asked, at);
            return taken.look();
        } catch (RuntimeException e) {
            // Who was interrupted has failed alone.
            if (!Thread.currentThread().isInterrupted()) failure = e;
            throw e;
        } finally {
            lock.lock();
            try {
                if (taken != null) newest = taken;
                looking = null;
                mine.failure = failure;
                mine.done = true;
                looked.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
