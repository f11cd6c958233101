package dev.holdfast.engine;

import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.port.Hints.Listening;
import dev.holdfast.engine.port.Reads;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * The newest turns of a conversation, read once for all who watch it here: {@link OneLook}. A look begins where the look
 * before was asked for, which is hardly behind where all are who have been told everything. Who is farther behind than that
 * reads by himself until he has caught up.
 *
 * <p>It is hinted at when a run enters the lane, and when the first in line moves.
 */
final class LaneTail {
    private final Reads reads;
    private final Hints hints;
    private final Conversation of;
    private final OneLook<Shared> looks;
    private final Lock lock;
    private final Listening entries;
    private @Nullable RunId first;
    private Listening firsts = () -> {};
    private boolean closed;

    private LaneTail(Ports ports, Conversation of) {
        this.reads = ports.ledger().reads();
        this.hints = ports.hints();
        this.of = of;
        this.looks = new OneLook<>(ports.threads(), ports.clock());
        this.lock = ports.threads().lock();
        // It listens before it reads for the first time: what comes from now on rings.
        this.entries = hints.onChange(LaneTopic.of(of.namespace(), of.queue(), of.lane()), looks::hint);
    }

    /** What all who watch a conversation here share. */
    static Together.Opened<LaneTail> open(Ports ports, Conversation of) {
        var tail = new LaneTail(ports, of);
        return new Together.Opened<>(tail, tail.looks, tail::close);
    }

    /** @param asker where who has taken the look was */
    private record Shared(LaneLook look, RunId asker) {}

    /** How often was asked for a look so far: whoever knows less should take one. */
    long asked() {
        return looks.asked();
    }

    /** What there is beyond a position, as new as the newest hint. */
    LaneLook beyond(RunId position) {
        LaneLook look = looks.newest(new From(position)).look();
        return look.covers(position) ? look.beyond(position) : LaneLook.take(reads, of, position);
    }

    private final class From implements OneLook.Reader<Shared> {
        private final RunId position;

        From(RunId position) {
            this.position = position;
        }

        @Override
        public boolean isBehind(Shared shared) {
            return !shared.look().covers(position);
        }

        @Override
        public boolean isTold(Shared shared) {
            return shared.look().tells(position);
        }

        @Override
        public Shared take(@Nullable Shared before) {
            RunId asker = before == null ? position : before.asker();
            LaneLook look = LaneLook.take(reads, of, asker.compareTo(position) < 0 ? asker : position);
            if (!look.tells(position)) look = LaneLook.take(reads, of, position);
            follow(look.first().orElse(null));
            return new Shared(look, position);
        }
    }

    /** It may begin without any other sign. */
    private void follow(@Nullable RunId waiting) {
        lock.lock();
        try {
            if (closed || (waiting == null ? first == null : waiting.equals(first))) return;
            firsts.close();
            first = waiting;
            firsts = waiting == null ? () -> {} : hints.onChange(waiting, looks::hint);
        } finally {
            lock.unlock();
        }
        // It may have begun before anybody listened.
        if (waiting != null) looks.hint();
    }

    private void close() {
        lock.lock();
        try {
            closed = true;
            entries.close();
            firsts.close();
        } finally {
            lock.unlock();
        }
    }
}
