package dev.holdfast.engine.port;

import dev.holdfast.core.Run;
import dev.holdfast.core.StepRecord;
import java.util.List;

/**
 * A run that was given to a holder.
 *
 * @param run as it is after the claim
 * @param input JSON
 * @param steps those that are replayed, by key; empty in a first epoch
 */
public record Claimed(Run run, String input, List<StepRecord> steps) {
    public Claimed {
        steps = List.copyOf(steps);
    }
}
