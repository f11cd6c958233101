package dev.holdfast.engine;

import dev.holdfast.core.Refused;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.engine.port.RunView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a rerun takes over: everything that was recorded for good before the step with which it begins.
 *
 * @param from key of that step; null for the top
 * @param steps what is taken over
 */
record Copied(@Nullable StepKey from, List<StepRecord> steps) {
    /** Nobody has executed it in the new run yet: its own epochs come after. */
    private static final long NO_EPOCH = 0;

    /** @param from key or name of a step; null for the top */
    static Copied before(RunView old, @Nullable String from) {
        if (from == null) return new Copied(null, List.of());
        StepKey key = key(old, from);
        var before =
                old.steps().stream().filter(s -> s.key().compareTo(key) < 0).toList();
        for (StepRecord step : before) {
            if (step.status() != StepRecord.Status.CANCELLED) continue;
            throw new Refused(
                    "step_cancelled",
                    "run " + old.run().id() + " was cancelled at step " + step.key() + ", and what follows it only"
                            + " compensates: begin with step " + step.key() + ", or before it");
        }
        // What was begun and not recorded is done again too.
        return new Copied(
                key,
                before.stream().filter(StepRecord::isFinal).map(Copied::copy).toList());
    }

    private static StepKey key(RunView old, String from) {
        for (StepRecord step : old.steps()) if (step.key().path().equals(from)) return step.key();
        for (StepRecord step : old.steps()) if (step.name().equals(from)) return step.key();
        throw new Refused(
                "step_unknown",
                "run " + old.run().id() + " has no step '" + from + "': name a key or a name that 'show' lists");
    }

    private static StepRecord copy(StepRecord step) {
        return new StepRecord(
                step.key(),
                step.name(),
                step.status(),
                NO_EPOCH,
                step.tries(),
                step.result(),
                step.error(),
                step.awaits());
    }
}
