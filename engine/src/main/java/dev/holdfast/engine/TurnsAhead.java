package dev.holdfast.engine;

import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Reads;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The turns of a conversation that come after a position.
 *
 * <p>They stand in the ledger in the order of their ids, and had their turn nearly in that order: an id is made before its
 * run is committed, on any node, by the clock of that. So a look begins some seconds before the position, and what has begun
 * is taken in the order in which it has. A run that was started in the lane with a delay or a priority, which no message has,
 * may begin long after those around it, and is not found by who comes later than that.
 */
final class TurnsAhead {
    /** The position before the first turn. */
    static final String START = "0";

    /** How far ids and turns may be out of step. */
    private static final Duration SLACK = Duration.ofSeconds(10);

    private static final int PAGE = 200;
    /** Of those that have begun in one moment, one is live at most. */
    private static final Comparator<Run> AS_BEGUN = Comparator.comparing(TurnsAhead::begun)
            .thenComparing(TurnsAhead::finished)
            .thenComparing(Run::id);

    private final Reads reads;
    private final Conversation of;
    private final Set<RunId> given = new HashSet<>();
    private final Deque<Run> begun = new ArrayDeque<>();
    private @Nullable List<RunId> waiting;
    private @Nullable RunId from;

    private TurnsAhead(Reads reads, Conversation of) {
        this.reads = reads;
        this.of = of;
    }

    static TurnsAhead ofAll(Reads reads, Conversation of) {
        return new TurnsAhead(reads, of);
    }

    /** What comes after this turn, which has begun. */
    static TurnsAhead behind(Reads reads, Conversation of, Run turn) {
        var ahead = new TurnsAhead(reads, of);
        ahead.give(turn);
        RunId after = ahead.from;
        List<Run> page;
        do {
            page = ahead.page(after);
            for (Run run : page) {
                if (hasBegun(run) && AS_BEGUN.compare(run, turn) < 0) ahead.given.add(run.id());
            }
            if (!page.isEmpty()) after = page.getLast().id();
        } while (page.size() == PAGE && page.getLast().id().compareTo(turn.id()) < 0);
        return ahead;
    }

    /** The turn that a cursor names. @throws Refused {@code cursor_unknown} */
    static Run turn(Reads reads, Conversation of, String cursor) {
        int dot = cursor.indexOf('.');
        return RunId.parse(dot < 0 ? cursor : cursor.substring(0, dot))
                .flatMap(id -> reads.run(of.namespace(), id))
                .filter(run -> isOf(of, run) && hasBegun(run))
                .orElseThrow(() -> unknown(cursor));
    }

    /** The turn that has begun last; empty if none has. */
    static Optional<Run> newest(Reads reads, Conversation of) {
        RunId before = null;
        while (true) {
            List<Run> page = reads.runs(of.namespace(), of.filter(), before, PAGE);
            var last = page.stream().filter(TurnsAhead::hasBegun).max(AS_BEGUN);
            if (last.isPresent() || page.size() < PAGE) return last;
            before = page.getLast().id();
        }
    }

    /** Reads what there is. */
    void look() {
        var all = new ArrayList<Run>();
        var idle = new ArrayList<RunId>();
        RunId after = from;
        List<Run> page;
        do {
            page = page(after);
            for (Run run : page) {
                if (given.contains(run.id())) continue;
                if (hasBegun(run)) all.add(run);
                else idle.add(run.id());
            }
            if (!page.isEmpty()) after = page.getLast().id();
        } while (page.size() == PAGE && all.isEmpty());
        begun.clear();
        all.stream().sorted(AS_BEGUN).forEach(begun::add);
        waiting = page.size() < PAGE ? List.copyOf(idle) : null;
    }

    /** The next that has begun and was not taken yet, as far as the last look knows; null if there is none. */
    @Nullable
    RunId next() {
        Run next = begun.peek();
        return next == null ? null : next.id();
    }

    /** Takes that: it is not given again. */
    void take() {
        give(begun.remove());
    }

    /** Those that wait, in their order; null if that is not known yet, because others are to be given before. */
    @Nullable
    List<RunId> waiting() {
        return begun.isEmpty() ? waiting : null;
    }

    private void give(Run run) {
        RunId least = RunId.firstOf(run.times().created().minus(SLACK));
        // Ids of a clock that is behind do not lead back.
        if (from == null || from.compareTo(least) < 0) from = least;
        RunId edge = least;
        given.removeIf(id -> id.compareTo(edge) < 0);
        given.add(run.id());
    }

    private List<Run> page(@Nullable RunId after) {
        return reads.lane(of.namespace(), of.queue(), of.lane(), after, PAGE);
    }

    private static boolean isOf(Conversation of, Run run) {
        var lane = run.place().lane();
        return lane != null
                && lane.name().equals(of.lane())
                && run.place().queue().equals(of.queue());
    }

    private static boolean hasBegun(Run run) {
        return run.wasStarted() || run.isFinished();
    }

    /** A turn that was ended before it could begin had its turn then. */
    private static Instant begun(Run run) {
        Instant started = run.times().started();
        return started == null ? finished(run) : started;
    }

    private static Instant finished(Run run) {
        Instant finished = run.times().finished();
        return finished == null ? Instant.MAX : finished;
    }

    private static Refused unknown(String cursor) {
        return new Refused(
                "cursor_unknown",
                "'" + Cursor.shown(cursor)
                        + "' is not a position of this conversation: give the id of the last frame that was"
                        + " received from it, 0 to begin with its first turn, or now");
    }
}
