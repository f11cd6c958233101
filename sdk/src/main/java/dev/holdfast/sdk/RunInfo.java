package dev.holdfast.sdk;

import dev.holdfast.core.Outcome;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.StepRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All there is to see of a run at one moment.
 *
 * @param id which run
 * @param task the name of its task
 * @param progress where it stands
 * @param input JSON
 * @param output JSON; null unless it succeeded
 * @param error of the newest failed attempt; null if none failed, or if it succeeded in the end
 * @param steps what is recorded, by key
 */
public record RunInfo(
        RunId id,
        String task,
        Progress progress,
        String input,
        @Nullable String output,
        @Nullable RunError error,
        List<StepRecord> steps) {
    public RunInfo {
        steps = List.copyOf(steps);
    }

    /**
     * Where a run stands.
     *
     * @param state what it does
     * @param outcome how it ended; null until it has
     * @param attempt from 1; grows when a failure is retried
     * @param epoch grows at every hand-over
     */
    public record Progress(RunState state, @Nullable Outcome outcome, int attempt, long epoch) {}

    public RunState state() {
        return progress.state();
    }

    /** How it ended; null until it has. */
    public @Nullable Outcome outcome() {
        return progress.outcome();
    }

    public int attempt() {
        return progress.attempt();
    }

    public long epoch() {
        return progress.epoch();
    }
}
