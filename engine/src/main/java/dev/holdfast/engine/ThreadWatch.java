package dev.holdfast.engine;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Hints;
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
 * <p><b>It looks</b> for turns when a hint says that there is one (a run has entered the lane, the first in line has moved),
 * when a turn has ended, and by itself now and then. While a turn is told the hint is noticed a quarter of a second late at
 * most: a turn that only waits can wait for that. See {@link Watcher} for what callers may rely on.
 */
final class ThreadWatch implements Watch {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
    private static final Duration NOTICE = Duration.ofMillis(250);
    private static final int SHOWN = 100;

    private final Ports ports;
    private final Opener opener;
    private final Conversation of;
    private final Hints.Listening entries;
    private final Bell bell;
    private final AtomicBoolean hinted = new AtomicBoolean(true);
    private final TurnsAhead ahead;
    private String told;
    private volatile @Nullable Watch turn;
    private @Nullable List<RunId> line;
    private @Nullable RunId first;
    private Hints.Listening firsts = () -> {};
    private long looked;
    private volatile boolean ended;

    /** Begins to watch a run, as {@link Runs#watch} does. */
    @FunctionalInterface
    interface Opener {
        Watch open(Namespace namespace, RunId run, @Nullable String after);
    }

    private ThreadWatch(Ports ports, Opener opener, Conversation of, Place place) {
        this.ports = ports;
        this.opener = opener;
        this.of = of;
        this.ahead = place.ahead();
        this.told = place.told();
        this.turn = place.turn();
        this.bell = ports.threads().bell();
        // It listens before it reads for the first time: what comes from now on rings.
        this.entries = ports.hints().onChange(LaneTopic.of(of.namespace(), of.queue(), of.lane()), this::hint);
    }

    /**
     * Where it begins.
     *
     * @param told the id of what was told last
     * @param turn the turn in the middle of which it is; null for none
     */
    private record Place(
            TurnsAhead ahead, String told, @Nullable Watch turn) {}

    /** @throws Refused {@code cursor_unknown} */
    static Watch open(Ports ports, Opener opener, Conversation of, @Nullable String after) {
        Reads reads = ports.ledger().reads();
        return new ThreadWatch(ports, opener, of, place(reads, ports, opener, of, after));
    }

    private static Place place(Reads reads, Ports ports, Opener opener, Conversation of, @Nullable String after) {
        if (after == null || after.equals(TurnsAhead.START)) {
            return new Place(TurnsAhead.ofAll(reads, of), TurnsAhead.START, null);
        }
        if (!after.equals(Cursor.NOW)) {
            Run run = TurnsAhead.turn(reads, of, after);
            Watch turn = opener.open(of.namespace(), run.id(), after);
            return new Place(TurnsAhead.behind(reads, of, run), after, turn);
        }
        Run newest = TurnsAhead.newest(reads, of).orElse(null);
        if (newest == null) return new Place(TurnsAhead.ofAll(reads, of), TurnsAhead.START, null);
        String cursor = Cursor.now(newest, ports.stream().head(newest.id())).toString();
        Watch turn = newest.isFinished() ? null : opener.open(of.namespace(), newest.id(), cursor);
        return new Place(TurnsAhead.behind(reads, of, newest), cursor, turn);
    }

    private void hint() {
        hinted.set(true);
        bell.ring();
    }

    @Override
    public Optional<Frame> next(Duration patience) throws InterruptedException {
        long began = ports.clock().nanos();
        while (!ended) {
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
            if (now == null) bell.await(least(left, LOOK_AGAIN));
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
        hint();
    }

    /** Finds the next turn, if none is told now; what it says is who waits, if that has changed. */
    private Optional<Frame> look() {
        boolean isDue = ports.clock().nanos() - looked >= LOOK_AGAIN.toNanos();
        if (!hinted.getAndSet(false) && !isDue) return Optional.empty();
        try {
            if (turn == null) turn = begin();
            if (turn == null || ahead.next() == null) {
                looked = ports.clock().nanos();
                ahead.look();
            }
            if (turn == null) turn = begin();
        } catch (RuntimeException e) {
            hinted.set(true);
            throw e;
        }
        return line();
    }

    /** Taken only when it is open: what cannot be read now is read later. */
    private @Nullable Watch begin() {
        RunId next = ahead.next();
        if (next == null) return null;
        Watch watch = null;
        try {
            watch = opener.open(of.namespace(), next, null);
            if (ended) watch.close();
        } catch (Refused deleted) {
            hint();
        }
        ahead.take();
        return watch;
    }

    private Optional<Frame> line() {
        List<RunId> now = ahead.waiting();
        if (now == null || now.equals(line)) return Optional.empty();
        line = List.copyOf(now);
        follow(now.isEmpty() ? null : now.getFirst());
        String turns = now.stream().limit(SHOWN).map(id -> "\"" + id + "\"").collect(Collectors.joining(",", "[", "]"));
        return Optional.of(new Frame("waiting", told, 0, null, "{\"turns\":" + turns + "}"));
    }

    /** It may begin without any other sign. */
    private void follow(@Nullable RunId waiting) {
        if (waiting == null ? first == null : waiting.equals(first)) return;
        firsts.close();
        first = waiting;
        firsts = waiting == null ? () -> {} : ports.hints().onChange(waiting, this::hint);
        // It may have begun before anybody listened.
        hint();
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public void close() {
        ended = true;
        entries.close();
        firsts.close();
        Watch now = turn;
        if (now != null) now.close();
        bell.ring();
    }
}
