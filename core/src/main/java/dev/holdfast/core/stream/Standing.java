package dev.holdfast.core.stream;

import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What stands of a stream, given the recorded steps: what a new epoch will not send again.
 *
 * <ul>
 *   <li>What a step sent stands if the step is recorded for good and this was the try that was recorded, in the epoch that
 *       recorded it. An earlier try never stands, and neither does the same try of an earlier epoch, also if the log has lost
 *       the rewind that took it back.
 *   <li>What was sent between steps, when {@code n} was the next key, stands if anything is recorded at a key with a
 *       number of {@code n} or above, be it only that a step waits: whoever has recorded that had made durable before it
 *       what was sent until then. (It must not depend on the end of a wait: that is recorded by others, at any time; also
 *       when an epoch has just taken the text back and has not sent it again.)
 * </ul>
 *
 * <p><b>One test, two uses.</b> At the beginning of an epoch it says what is voided ({@link #drop}) and what is muted: a
 * replay sends between steps if and only if {@code stands} says no, which for a next key {@code n} is
 * {@code n > through()}. Both must be asked of the same records, those that were there when the epoch began. So nothing
 * is both voided and muted (lost), and nothing is neither (doubled).
 *
 * <p>Markers take no number and make nothing stand. Steps that were moved to the history of an earlier attempt are not
 * replayed, so they must not be among the records given here.
 *
 * <p>Whoever records a step must have made durable before it what that step sent, and what was sent between steps before
 * its key was taken.
 */
public final class Standing {
    private final Map<StepKey, StepRecord> recorded = new HashMap<>();
    private final int through;

    private Standing(Collection<StepRecord> steps) {
        int highest = 0;
        for (StepRecord step : steps) {
            if (step.isFinal()) recorded.put(step.key(), step);
            highest = Math.max(highest, step.key().number());
        }
        this.through = highest;
    }

    /** What stands if these are the steps that are replayed. */
    public static Standing of(Collection<StepRecord> steps) {
        return new Standing(steps);
    }

    /** The highest number of a key at which anything is recorded, 0 for none. */
    public int through() {
        return through;
    }

    /** @param epoch in which it was sent */
    public boolean stands(Source source, long epoch) {
        if (source.isBetweenSteps()) return source.key().number() <= through;
        StepRecord step = recorded.get(source.key());
        return step != null && step.tries() == source.tries() && step.epoch() == epoch;
    }

    /**
     * Who has chunks in the stream that do not stand: what a rewind must name. Small, however long the stream is; in the
     * order of their first chunk; empty if all is well.
     *
     * @param outline all entries in order; the data of chunks is not looked at
     * @param steps those that are replayed
     */
    public static List<Source> drop(List<Entry> outline, Collection<StepRecord> steps) {
        var there = new LinkedHashMap<Source, Long>();
        long newest = 0;
        for (Entry entry : outline) {
            // Nothing of an older epoch counts behind an entry of a newer one.
            if (entry.epoch() < newest) continue;
            newest = entry.epoch();
            switch (entry.item()) {
                case Item.Chunk chunk -> there.put(chunk.source(), entry.epoch());
                case Item.Rewind rewind -> rewind.drop().forEach(there::remove);
                case Item.Gap gap -> {}
            }
        }
        var standing = of(steps);
        var drop = new ArrayList<Source>();
        there.forEach((source, epoch) -> {
            if (!standing.stands(source, epoch)) drop.add(source);
        });
        return List.copyOf(drop);
    }
}
