package dev.holdfast.engine;

import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Reads;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who watches a conversation: a {@link Watch} of one turn after the other, and between them a wait for the next.
 *
 * <p><b>A turn is told when it has begun</b>, and to its end: one is live at a time, so the turns are told in the order in
 * which they had their turn, whatever was posted in between. Those that have not begun are named by {@code waiting}, which is
 * no position of its own: it has the id of what was told last.
 *
 * <p><b>It looks</b> for turns when a hint says that there is one, when a turn has ended, and by itself now and then; what
 * there is was read for all who watch the conversation here ({@link LaneTail}). While a turn is told a hint is noticed a
 * quarter of a second late at most: a turn that only waits can wait for that. See {@link Watcher} for what callers may rely on.
 */
final class ThreadWatch implements Watch {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
    private static final Duration NOTICE = Duration.ofMillis(250);
    /** Nothing was asked for so seldom. */
    private static final long NEVER = 0;

    private final Ports ports;
    private final Opener opener;
    private final Together.Place<LaneTail> shared;
    private final TurnsAhead ahead;
    private String told;
    private volatile @Nullable Watch turn;
    private @Nullable List<RunId> line;
    /** What was asked for at the last look of this watcher. */
    private long looked = NEVER;

    private final AtomicBoolean ended = new AtomicBoolean();

    /** Begins to watch a run that was read, as {@link Runs#watch} does. */
    @FunctionalInterface
    interface Opener {
        Watch open(Run run, @Nullable String after);
    }

    private ThreadWatch(Ports ports, Opener opener, Together.Place<LaneTail> shared, Place place) {
        this.ports = ports;
        this.opener = opener;
        this.shared = shared;
        this.ahead = place.ahead();
        this.told = place.told();
        this.turn = place.turn();
    }

    /**
     * Where it begins.
     *
     * @param told the id of what was told last
     * @param turn the turn in the middle of which it is; null for none
     */
    private record Place(
            TurnsAhead ahead, String told, @Nullable Watch turn) {}

    /**
     * @param all conversations that are watched here
     * @throws Refused {@code cursor_unknown}
     */
    static Watch open(
            Ports ports, Opener opener, Together<Conversation, LaneTail> all, Conversation of, @Nullable String after) {
        var shared = all.join(of, () -> LaneTail.open(ports, of));
        try {
            return new ThreadWatch(ports, opener, shared, place(shared.what(), ports, opener, of, after));
        } catch (RuntimeException | Error e) {
            shared.leave().run();
            throw e;
        }
    }

    private static Place place(LaneTail lane, Ports ports, Opener opener, Conversation of, @Nullable String after) {
        Reads reads = ports.ledger().reads();
        if (after == null || after.equals(TurnsAhead.START)) {
            return new Place(TurnsAhead.ofAll(lane), TurnsAhead.START, null);
        }
        if (!after.equals(Cursor.NOW)) {
            Run run = TurnsAhead.turn(reads, of, after);
            var ahead = TurnsAhead.behind(lane, reads, of, run);
            return new Place(ahead, after, opener.open(run, after));
        }
        Run newest = TurnsAhead.newest(reads, of).orElse(null);
        if (newest == null) return new Place(TurnsAhead.ofAll(lane), TurnsAhead.START, null);
        var ahead = TurnsAhead.behindAll(lane, reads, of, newest);
        String cursor = Cursor.now(newest, ports.stream().head(newest.id())).toString();
        return new Place(ahead, cursor, newest.isFinished() ? null : opener.open(newest, cursor));
    }

    @Override
    public Optional<Frame> next(Duration patience) throws InterruptedException {
        long began = ports.clock().nanos();
        while (!ended.get()) {
            Optional<Frame> waiting = look();
            if (waiting.isPresent()) return waiting;
            Duration left = patience.minusNanos(ports.clock().nanos() - began);
            boolean isOver = left.isNegative() || left.isZero();
            Watch now = turn;
            if (now != null) {
                Optional<Frame> frame = ofTurn(now, isOver ? Duration.ZERO : least(left, NOTICE));
                if (frame.isPresent()) return frame;
                if (turn == null) continue;
            }
            if (isOver) break;
            if (now == null) shared.bell().await(least(left, LOOK_AGAIN));
        }
        return Optional.empty();
    }

    private Optional<Frame> ofTurn(Watch now, Duration patience) throws InterruptedException {
        Optional<Frame> frame;
        try {
            frame = now.next(patience);
        } catch (Refused deleted) {
            // What is left of the conversation goes on.
            leave(now);
            return Optional.empty();
        }
        frame.ifPresent(f -> told = f.id());
        if (now.ended()) leave(now);
        return frame;
    }

    private void leave(Watch done) {
        done.close();
        turn = null;
        looked = NEVER;
    }

    /** Finds the next turn, if none is told now; what it says is who waits, if that has changed. */
    private Optional<Frame> look() {
        // Asked before it looks: what is written meanwhile asks again.
        long asked = shared.what().asked();
        if (asked == looked) return Optional.empty();
        if (turn == null) turn = begin();
        if (turn == null || ahead.next() == null) ahead.look();
        if (turn == null) turn = begin();
        looked = asked;
        return line();
    }

    /** Taken only when it is open: what cannot be read now is read later. */
    private @Nullable Watch begin() {
        Run next = ahead.next();
        if (next == null) return null;
        Watch watch = opener.open(next, null);
        if (ended.get()) watch.close();
        ahead.take();
        return watch;
    }

    private Optional<Frame> line() {
        List<RunId> now = ahead.waiting();
        if (now == null || now.equals(line)) return Optional.empty();
        line = now;
        String turns = now.stream().map(id -> "\"" + id + "\"").collect(Collectors.joining(",", "[", "]"));
        return Optional.of(new Frame("waiting", told, 0, null, "{\"turns\":" + turns + "}"));
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    @Override
    public boolean ended() {
        return ended.get();
    }

    @Override
    public void close() {
        if (ended.getAndSet(true)) return;
        shared.leave().run();
        Watch now = turn;
        if (now != null) now.close();
        shared.bell().ring();
    }
}
