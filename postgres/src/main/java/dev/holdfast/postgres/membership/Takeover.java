package dev.holdfast.postgres.membership;

import dev.holdfast.core.Holder;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The death of a node, as it was written down.
 *
 * @param node who died
 * @param label its name, for people
 * @param by the number of the node that found it dead
 * @param at when, by the database's clock
 * @param how what showed it
 * @param heard its last sign of life that was seen, by the database's clock; empty if none was
 * @param took from when whoever found it had its lock, in the transaction that says so, to when its sessions were told to end
 *     and its row was deleted; without the commit, and without what comes of it
 */
public record Takeover(
        Holder node, String label, long by, Instant at, How how, Optional<Instant> heard, Duration took) {
    /** What showed the death of a node. */
    public enum How {
        /** Its neighbour waited for its lock. */
        RING,
        /** Its lock was free when all were tried. */
        SWEEP,
        /** It gave no sign of life for ten seconds, and its sessions were ended. */
        FROZEN
    }
}
