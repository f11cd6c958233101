package dev.holdfast.postgres;

import java.time.Instant;
import java.util.List;

/**
 * What a batch is about to write that waits for a slot.
 *
 * @param isAnything whether any of it can be claimed now
 * @param started how many runs are new
 * @param startsInLane whether one of them is in a lane
 * @param comesBack whether something can be claimed now that is not new
 */
record Offer(boolean isAnything, int started, boolean startsInLane, boolean comesBack) {

    static Offer of(List<ChangeWork> changes, Instant now) {
        boolean anything = false;
        int started = 0;
        boolean inLane = false;
        boolean back = false;
        for (ChangeWork work : changes) {
            for (Part part : work.part().all()) {
                boolean claimable = part.offers(now);
                anything |= claimable;
                if (part.isNew()) started++;
                else back |= claimable;
                inLane |= part.startsInLane();
            }
        }
        return new Offer(anything, started, inLane, back);
    }
}
