package dev.holdfast.engine;

import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Threads;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The newest of a run, read once for all who watch it here: {@link OneLook}. What a look found is kept beside what was found
 * before, some hundred entries at most. Who is farther behind than that reads by himself until he has caught up.
 */
final class Tail {
    /** One that is so far ahead of what was looked at last is where the next look begins. */
    private static final long FAR = 256;

    private final Sight sight;
    private final OneLook<Shared> looks;
    private final OneLook<Long> heads;
    /** The newest entry that has shown that something is lost. */
    private final AtomicLong shown = new AtomicLong();

    Tail(Sight sight, Threads threads, Clock clock) {
        this.sight = sight;
        this.looks = new OneLook<>(threads, clock);
        this.heads = new OneLook<>(threads, clock);
    }

    /**
     * @param look what is kept of the newest look, and of those before it
     * @param rewinds up to which number they are known
     * @param shown what had shown a loss before it was taken
     */
    private record Shared(Look look, long rewinds, long shown) {}

    Sight sight() {
        return sight;
    }

    OneLook<?> looks() {
        return looks;
    }

    /** There may be something new. */
    void hint() {
        looks.hint();
    }

    /** How often was asked for a look so far: whoever knows less should take one. */
    long asked() {
        return looks.asked();
    }

    /** How far the stream goes, read once for all who begin at the same time. */
    long head() {
        heads.ask();
        long head = heads.newest(new ToTheEnd());
        reach(head);
        return head;
    }

    /** Somebody begins who knows that the stream goes as far as this: an older look would not tell him what of it is void. */
    void reach(long head) {
        Shared shared = looks.known();
        if (shared == null || shared.look().head().number() < head) looks.ask();
    }

    /** This entry has shown that the log has lost something: what was looked at until now may know of that. */
    void forget(long entry) {
        shown.accumulateAndGet(entry, Math::max);
    }

    /**
     * What there is beyond a position, as new as the newest hint; empty if that is too far behind, or so far ahead that the
     * next look does not come as far: that there is nothing in it does not mean that there is nothing.
     *
     * @throws dev.holdfast.core.Refused {@code run_unknown} if the run was deleted
     */
    Optional<Look> beyond(Cursor position) {
        Look look = looks.newest(new From(position)).look();
        if (!look.covers(position)) return Optional.empty();
        Look beyond = look.beyond(position);
        boolean isAll = look.page().isLast() || !beyond.entries().isEmpty();
        return isAll ? Optional.of(beyond) : Optional.empty();
    }

    private final class ToTheEnd implements OneLook.Reader<Long> {
        @Override
        public boolean isBehind(Long head) {
            return false;
        }

        @Override
        public boolean isTold(Long head) {
            return true;
        }

        @Override
        public Long take(@Nullable Long before) {
            return sight.log().head(sight.run());
        }
    }

    private final class From implements OneLook.Reader<Shared> {
        private final Cursor position;

        From(Cursor position) {
            this.position = position;
        }

        @Override
        public boolean isBehind(Shared shared) {
            return !shared.look().covers(position);
        }

        @Override
        public boolean isTold(Shared shared) {
            Look look = shared.look();
            boolean isAll =
                    look.page().isLast() || position.number() < look.head().number();
            return isAll && shared.shown() == shown.get();
        }

        @Override
        public Shared take(@Nullable Shared before) {
            long lost = shown.get();
            boolean anew = before == null
                    || before.shown() != lost
                    || position.number() - before.look().head().number() > FAR;
            Look old = before == null || anew ? null : before.look();
            long rewinds = before == null || anew ? position.number() : before.rewinds();
            Look read = sight.look(old == null ? position : old.head(), new Sight.Known(-1, rewinds));
            long known = Math.max(rewinds, read.head().number());
            if (!read.rewinds().isEmpty())
                known = Math.max(known, read.rewinds().getLast().number());
            return new Shared(old == null ? read : old.then(read), known, lost);
        }
    }
}
