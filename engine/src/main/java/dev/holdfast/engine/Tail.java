package dev.holdfast.engine;

import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Threads;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * The newest of a run, read once for all who watch it here, however many they are. A hint, or a second without one, asks
 * for a look; who comes first takes it, on his own thread and without a lock, and who comes meanwhile waits for it. What
 * it found is kept beside what was found before, some hundred entries at most. Who is farther behind than that reads by
 * himself until he has caught up.
 *
 * <p>A look that fails is told to whoever waits for it, and the next one who comes tries again.
 */
final class Tail {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
    /** One that is so far ahead of what was looked at last is where the next look begins. */
    private static final long FAR = 256;

    private final Sight sight;
    private final Clock clock;
    private final Lock lock;
    private final Condition looked;
    private final AtomicLong asked = new AtomicLong(1);
    private final AtomicLong watchers = new AtomicLong();
    private final ConcurrentSkipListMap<Long, Bell> bells = new ConcurrentSkipListMap<>();
    private volatile @Nullable Shared newest;
    private @Nullable Looking looking;

    Tail(Sight sight, Threads threads, Clock clock) {
        this.sight = sight;
        this.clock = clock;
        this.lock = threads.lock();
        this.looked = lock.newCondition();
    }

    /**
     * A look that was taken.
     *
     * @param look what is kept of it, and of those before it
     * @param asked how often had been asked for one before it
     * @param at the clock's nanos before it
     * @param rewinds up to which number they are known
     */
    private record Shared(Look look, long asked, long at, long rewinds) {
        /** Whether who is there learns of it whatever there was when it was asked for. */
        boolean serves(Cursor position, long wanted) {
            boolean tells =
                    look.page().isLast() || position.number() < look.head().number();
            return asked >= wanted && tells;
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

    Sight sight() {
        return sight;
    }

    /** @return what takes it away */
    Runnable wakes(Bell bell) {
        Long number = watchers.incrementAndGet();
        bells.put(number, bell);
        return () -> bells.remove(number);
    }

    /** There may be something new. */
    void hint() {
        asked.incrementAndGet();
        bells.values().forEach(Bell::ring);
    }

    /** Somebody begins who knows that the stream goes as far as this: an older look would not tell him what of it is void. */
    void reach(long head) {
        Shared shared = newest;
        if (shared == null || shared.look().head().number() < head) asked.incrementAndGet();
    }

    /** How often was asked for a look so far, now too if the newest is a second old: whoever knows less should take one. */
    long asked() {
        long so = asked.get();
        Shared shared = newest;
        boolean old = shared == null || clock.nanos() - shared.at() >= LOOK_AGAIN.toNanos();
        if (old && (shared == null || shared.asked() == so)) asked.compareAndSet(so, so + 1);
        return asked.get();
    }

    /**
     * What there is beyond a position, as new as the newest hint; empty if that is too far behind.
     *
     * @throws dev.holdfast.core.Refused {@code run_unknown} if the run was deleted
     */
    Optional<Look> beyond(Cursor position) {
        long wanted = asked.get();
        Shared shared = newest;
        if (shared == null || (shared.look().covers(position) && !shared.serves(position, wanted))) {
            shared = share(position, wanted);
        }
        return shared.look().covers(position) ? Optional.of(shared.look().beyond(position)) : Optional.empty();
    }

    private Shared share(Cursor position, long wanted) {
        Looking mine;
        lock.lock();
        try {
            while (true) {
                Shared shared = newest;
                if (shared != null && (!shared.look().covers(position) || shared.serves(position, wanted))) {
                    return shared;
                }
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
        return take(mine, position);
    }

    private Shared take(Looking mine, Cursor position) {
        Shared taken = null;
        RuntimeException failure = null;
        try {
            taken = take(mine.asked, position, newest);
            return taken;
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

    private Shared take(long number, Cursor position, @Nullable Shared before) {
        long at = clock.nanos();
        boolean anew =
                before == null || position.number() - before.look().head().number() > FAR;
        Look old = before == null || anew ? null : before.look();
        long rewinds = before == null || anew ? position.number() : before.rewinds();
        Look read = sight.look(old == null ? position : old.head(), new Sight.Known(-1, rewinds));
        long known = Math.max(rewinds, read.head().number());
        if (!read.rewinds().isEmpty())
            known = Math.max(known, read.rewinds().getLast().number());
        return new Shared(old == null ? read : old.then(read), number, at, known);
    }
}
