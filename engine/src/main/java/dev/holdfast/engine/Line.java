package dev.holdfast.engine;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Rate;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is around a queued run, at one moment: what its queue and its lane allow, and who is before it. A ledger makes it
 * in the transaction of a claim; {@code explain} reads it.
 *
 * @param door whether its queue and its lane give runs
 * @param slot whose slot it would execute in
 * @param queue set if its queue has no room
 * @param lane set if its lane has no slot left; it means nothing to a run that needs none
 * @param pace set if its queue has a rate
 * @param before who gets the slot of its serial lane first; null if it is the first
 * @param cancelled whether a cancel lies in its inbox
 */
public record Line(
        Door door,
        Run.Slot slot,
        @Nullable Full queue,
        @Nullable Full lane,
        @Nullable Pace pace,
        @Nullable RunId before,
        boolean cancelled) {
    /** Around whom nothing is. */
    public static final Line FREE = new Line(Door.OPEN, Run.Slot.OWN, null, null, null, null, false);

    public enum Door {
        OPEN,
        QUEUE_PAUSED,
        LANE_PAUSED
    }

    /**
     * All of it is taken.
     *
     * @param limit how many may execute at once
     * @param by one of those who have it; null if it is not known
     */
    public record Full(int limit, @Nullable RunId by) {}

    /**
     * A queue with a rate.
     *
     * @param opens from when on its rate allows another claim; null for always
     */
    public record Pace(Rate rate, @Nullable Instant opens) {}

    /** The same where it executes in this slot. */
    public Line in(Run.Slot other) {
        return new Line(door, other, queue, lane, pace, before, cancelled);
    }

    /** The same around a run that was told to end. */
    public Line withCancel() {
        return new Line(door, slot, queue, lane, pace, before, true);
    }

    /** Whether this run takes a slot of its lane when it is claimed. */
    boolean needsSlot(Run run) {
        var place = run.place();
        return place.lane() != null && place.slotOf() == null && slot == Run.Slot.OWN;
    }
}
