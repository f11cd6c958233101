package dev.holdfast.core;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One immutable entry in a run's log: what changed and why. It carries no payload.
 *
 * @param seq dense from 1
 * @param state after the change
 * @param outcome set in the last one
 * @param epoch after the change
 * @param attempt after the change
 * @param at when, by the ledger's clock
 * @param cause which command, and what is worth knowing about it
 * @param change the id of the change that wrote it, by which a lost answer is looked up
 */
public record Snapshot(
        long seq,
        RunState state,
        @Nullable Outcome outcome,
        long epoch,
        int attempt,
        Instant at,
        String cause,
        UUID change) {
    /** The snapshot of a run as it is after a transition. */
    public static Snapshot of(Run run, String cause, Instant at, UUID change) {
        var status = run.status();
        var fence = run.fence();
        return new Snapshot(
                fence.seq(),
                status.state(),
                status.outcome(),
                fence.epoch(),
                run.tries().attempt(),
                at,
                cause,
                change);
    }

    /** The same for another cause. */
    public Snapshot because(String why) {
        return new Snapshot(seq, state, outcome, epoch, attempt, at, why, change);
    }
}
