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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The turns of a conversation that come after a position.
 *
 * <p>They stand in the ledger in the order of their ids, and had their turn nearly in that order: an id is made before its
 * run is committed, on any node. So a look begins some seconds before the position, and what has begun is taken in the order
 * in which it has, which the ledger makes a total one: a turn begins later than the one before it. Which turn is live is asked
 * for by itself. So only a run that was started in the lane with a delay or a priority, which no message has, and that has
 * begun and ended between two looks, may be left out.
 */
final class TurnsAhead {
    /** The position before the first turn. */
    static final String START = "0";

    /** So many of those that wait are named. */
    static final int SHOWN = 100;

    /** How far ids and turns may be out of step. */
    private static final Duration SLACK = Duration.ofSeconds(10);

    private static final int PAGE = 200;
    /** One that was ended before it could begin may have been so in the moment in which another one began. */
    private static final Comparator<Run> AS_BEGUN = Comparator.comparing(TurnsAhead::begun)
            .thenComparing(TurnsAhead::finished)
            .thenComparing(LaneLook.IN_LINE);

    private final LaneTail lane;
    private final Set<RunId> given = new HashSet<>();
    private final Deque<Run> begun = new ArrayDeque<>();
    private @Nullable List<RunId> waiting;
    private @Nullable RunId last;
    private RunId from = RunId.MIN;

    private TurnsAhead(LaneTail lane) {
        this.lane = lane;
    }

    static TurnsAhead ofAll(LaneTail lane) {
        return new TurnsAhead(lane);
    }

    /** What comes after this turn, which has begun. What has begun before it and goes on is no turn before it. */
    static TurnsAhead behind(LaneTail lane, Reads reads, Conversation of, Run turn) {
        var ahead = new TurnsAhead(lane);
        ahead.give(turn);
        // Whoever began before it was started before it began.
        RunId last = RunId.firstOf(begun(turn).plus(SLACK));
        ahead.pass(reads, of, run -> AS_BEGUN.compare(run, turn) < 0, last);
        return ahead;
    }

    /** What comes after all that has ended, and this turn, which may go on. */
    static TurnsAhead behindAll(LaneTail lane, Reads reads, Conversation of, Run turn) {
        var ahead = new TurnsAhead(lane);
        ahead.give(turn);
        ahead.pass(reads, of, run -> true, null);
        return ahead;
    }

    /**
     * Takes those that have ended and came before the position.
     *
     * @param until nobody beyond it came before; null if anybody may have
     */
    private void pass(Reads reads, Conversation of, Predicate<Run> before, @Nullable RunId until) {
        RunId after = from;
        int idle = 0;
        LaneLook look;
        do {
            look = LaneLook.take(reads, of, after);
            for (Run run : look.runs()) {
                if (run.isFinished() && before.test(run)) given.add(run.id());
                if (!hasBegun(run)) idle++;
            }
            if (!look.runs().isEmpty()) after = look.runs().getLast().id();
        } while (!look.isLast() && idle < SHOWN && (until == null || after.compareTo(until) < 0));
    }

    /** The turn that a cursor names. @throws Refused {@code cursor_unknown} */
    static Run turn(Reads reads, Conversation of, String cursor) {
        int dot = cursor.indexOf('.');
        return RunId.parse(dot < 0 ? cursor : cursor.substring(0, dot))
                .flatMap(id -> reads.run(of.namespace(), id))
                .filter(run -> isOf(of, run) && hasBegun(run))
                .orElseThrow(() -> unknown(cursor));
    }

    /** The turn that is live; if none is, the one that has begun last. Empty if none has. */
    static Optional<Run> newest(Reads reads, Conversation of) {
        Optional<Run> live = reads.turn(of.namespace(), of.queue(), of.lane());
        if (live.isPresent()) return live;
        RunId before = null;
        while (true) {
            List<Run> page = reads.runs(of.namespace(), of.filter(), before, PAGE);
            var last = page.stream().filter(TurnsAhead::hasBegun).max(AS_BEGUN);
            if (last.isPresent() || page.size() < PAGE) return last;
            before = page.getLast().id();
        }
    }

    /** Takes in what there is. */
    void look() {
        var all = new ArrayList<Run>();
        var idle = new ArrayList<Run>();
        RunId after = from;
        LaneLook look;
        do {
            look = lane.beyond(after);
            for (Run run : look.runs()) {
                if (given.contains(run.id())) continue;
                if (hasBegun(run)) all.add(run);
                else idle.add(run);
            }
            if (!look.runs().isEmpty()) after = look.runs().getLast().id();
        } while (!look.isLast() && all.isEmpty() && idle.size() < SHOWN);
        // If not, there are others that have begun before the live one.
        boolean isKnown = look.isLast() || idle.size() >= SHOWN;
        if (isKnown) addLive(look.live(), all, idle);
        begun.clear();
        all.stream().sorted(AS_BEGUN).forEach(begun::add);
        waiting = isKnown
                ? idle.stream()
                        .sorted(LaneLook.IN_LINE)
                        .limit(SHOWN)
                        .map(Run::id)
                        .toList()
                : null;
    }

    /** Wherever it stands among the others, and if it has begun since they were read. */
    private void addLive(@Nullable Run live, List<Run> all, List<Run> idle) {
        if (live == null || live.id().equals(last) || given.contains(live.id())) return;
        idle.removeIf(run -> run.id().equals(live.id()));
        if (all.stream().noneMatch(run -> run.id().equals(live.id()))) all.add(live);
    }

    /** The next that has begun and was not taken yet, as far as the last look knows; null if there is none. */
    @Nullable
    Run next() {
        return begun.peek();
    }

    /** Takes that: it is not given again. */
    void take() {
        give(begun.remove());
    }

    /** The first of those that wait, in their order; null if that is not known yet, because others are to be given before. */
    @Nullable
    List<RunId> waiting() {
        return begun.isEmpty() ? waiting : null;
    }

    private void give(Run run) {
        RunId least = RunId.firstOf(run.times().created().minus(SLACK));
        // One that has waited for long does not lead back.
        if (from.compareTo(least) < 0) from = least;
        given.removeIf(id -> id.compareTo(from) < 0);
        given.add(run.id());
        last = run.id();
    }

    private static boolean isOf(Conversation of, Run run) {
        var lane = run.place().lane();
        return lane != null
                && lane.name().equals(of.lane())
                && run.place().queue().equals(of.queue());
    }

    static boolean hasBegun(Run run) {
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
