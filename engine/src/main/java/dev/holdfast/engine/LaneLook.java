package dev.holdfast.engine;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Reads;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What there was of a conversation beyond a position: a page of its runs, and the turn that is live, wherever that is.
 *
 * @param from the position: an id
 * @param runs beyond it, in the order of their ids
 * @param isLast whether that is all of them
 * @param live null if there is none
 */
record LaneLook(
        RunId from,
        List<Run> runs,
        boolean isLast,
        @Nullable Run live) {
    private static final int PAGE = 200;
    /** As the ledger gives them. */
    static final Comparator<Run> IN_LINE =
            Comparator.<Run, Instant>comparing(run -> run.place().at()).thenComparing(Run::id);

    /** The live turn is read last: what has ended when it was, has begun in the page. */
    static LaneLook take(Reads reads, Conversation of, RunId from) {
        List<Run> runs = reads.lane(of.namespace(), of.queue(), of.lane(), from, PAGE);
        Run live = reads.turn(of.namespace(), of.queue(), of.lane()).orElse(null);
        return new LaneLook(from, runs, runs.size() < PAGE, live);
    }

    boolean covers(RunId position) {
        return from.compareTo(position) <= 0;
    }

    /** Whether it says what comes next after a position that it covers, if anything does. */
    boolean tells(RunId position) {
        return isLast || runs.getLast().id().compareTo(position) > 0;
    }

    /** What of it is beyond a position that it covers. */
    LaneLook beyond(RunId position) {
        var beyond =
                runs.stream().filter(run -> run.id().compareTo(position) > 0).toList();
        return new LaneLook(position, beyond, isLast, live);
    }

    /** The first of those that wait. */
    Optional<RunId> first() {
        return runs.stream()
                .filter(run -> !TurnsAhead.hasBegun(run))
                .min(IN_LINE)
                .map(Run::id);
    }
}
