package dev.holdfast.engine;

import dev.holdfast.core.Outcome;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Standing;
import dev.holdfast.core.stream.StreamEnd;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.ErrorJson;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.port.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is left of runs that are ended by somebody who sends nothing to them: where their streams end, and what of them does
 * not stand. Whoever has lost such a run and still writes does so above that end.
 *
 * <p>A log that cannot be read now is the trouble of such runs alone: each is left as it is, and ended by a later look. As
 * it may take a while to say so, it is not asked again at once.
 */
final class Remains {
    private static final Logger LOG = LoggerFactory.getLogger(Remains.class);
    private static final String AWAY = "stream_away";
    private static final StreamEnd NOTHING = new StreamEnd(0L, List.of());
    private static final StreamEnd UNKNOWN = new StreamEnd(null, List.of());
    private static final Duration AGAIN = Duration.ofMillis(100);

    private final Ports ports;
    /** By the clock's nanos; null while the log can be read. */
    private volatile @Nullable Long away;

    Remains(Ports ports) {
        this.ports = ports;
    }

    /** Whether the log could not be read when it was last asked. */
    boolean areAway() {
        return away != null;
    }

    /** Whether a run was not ended only because its stream cannot be read now: the next look meets it again. */
    static boolean areAway(Unavailable e) {
        return e.code().equals(AWAY);
    }

    /**
     * What ends with this run.
     *
     * @param executed as it was read
     * @throws Unavailable if that cannot be known now, see {@link #areAway(Unavailable)}
     */
    StreamEnd of(Run executed) {
        StreamEnd end = of(List.of(executed)).get(executed.id());
        if (end != null) return end;
        throw Unavailable.notApplied(
                AWAY,
                "the stream of " + executed.id() + " cannot be read now, so that nobody knows what of it stands:"
                        + " the run ends as soon as it can",
                null);
    }

    /** The change that was drafted, with all that ends if it ends the run. */
    Change change(Draft draft) {
        if (draft.ends()) end(draft, of(draft.before()));
        return draft.change();
    }

    /** The same for several, but for those that would end and whose streams cannot be read now. */
    List<Change> changes(List<Draft> drafts) {
        var ends = of(drafts.stream().filter(Draft::ends).map(Draft::before).toList());
        var changes = new ArrayList<Change>();
        for (Draft draft : drafts) {
            StreamEnd end = draft.ends() ? ends.get(draft.run().id()) : null;
            if (draft.ends() && end == null) continue;
            if (end != null) end(draft, end);
            changes.add(draft.change());
        }
        return changes;
    }

    private static void end(Draft draft, StreamEnd end) {
        draft.add(new Write.End(end));
        draft.add(new Write.ClearInbox());
        if (draft.run().status().outcome() == Outcome.SYSTEM_FAILURE) {
            var error = RunError.ours("lost_alone", "Whoever executed it died, again and again: " + draft.cause());
            draft.add(new Write.Payload(Write.Payload.Kind.ERROR, ErrorJson.write(error)));
        }
    }

    private Map<RunId, StreamEnd> of(Collection<Run> runs) {
        var ends = new HashMap<RunId, StreamEnd>();
        var executed = new ArrayList<RunId>();
        for (Run run : runs) {
            if (run.fence().epoch() == 0) ends.put(run.id(), NOTHING);
            else executed.add(run.id());
        }
        Long until = away;
        boolean rests = until != null && ports.clock().nanos() - until < 0;
        if (!executed.isEmpty() && !rests) ends.putAll(read(executed));
        return ends;
    }

    /** If they cannot be read together, each is read for itself. */
    private Map<RunId, StreamEnd> read(List<RunId> runs) {
        try {
            return together(runs);
        } catch (Unavailable e) {
            throw e;
        } catch (RuntimeException e) {
            if (runs.size() > 1) {
                var ends = new HashMap<RunId, StreamEnd>();
                for (RunId run : runs) ends.putAll(read(List.of(run)));
                return ends;
            }
            // Nobody who watches can read it either; it must not keep the run from ending.
            LOG.error("{} ends, and nobody knows where its stream does", runs.getFirst(), e);
            return Map.of(runs.getFirst(), UNKNOWN);
        }
    }

    private Map<RunId, StreamEnd> together(List<RunId> runs) {
        var steps = ports.ledger().reads().steps(runs);
        long begun = ports.clock().nanos();
        Map<RunId, List<Entry>> outlines;
        try {
            outlines = ports.stream().outlines(runs);
        } catch (Unavailable e) {
            if (away == null) LOG.warn("runs that end wait for the log of streams: {}", e.getMessage());
            long now = ports.clock().nanos();
            away = now + Math.max(AGAIN.toNanos(), 2 * (now - begun));
            return Map.of();
        }
        away = null;
        var ends = new HashMap<RunId, StreamEnd>();
        for (RunId run : runs) {
            var outline = outlines.getOrDefault(run, List.of());
            var drop = Standing.drop(outline, steps.getOrDefault(run, List.of()));
            ends.put(run, new StreamEnd(StreamLog.last(outline), drop));
        }
        return ends;
    }
}
