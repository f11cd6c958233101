package dev.holdfast.engine;

import dev.holdfast.core.Refused;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Wait;
import dev.holdfast.engine.port.RunView;
import java.util.ArrayList;
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
        openToken(old, before);
        var steps = new ArrayList<StepRecord>();
        // What was begun and not recorded is done again too.
        before.stream().filter(StepRecord::isFinal).map(Copied::copy).forEach(steps::add);
        // What was recorded came from the old run's random numbers; a rerun of a rerun has that from there.
        if (!steps.isEmpty() && steps.stream().noneMatch(s -> s.key().equals(StepKey.RANDOM))) {
            String run = "\"" + old.run().id() + "\"";
            steps.addFirst(StepRecord.done(StepKey.RANDOM, StepKey.RANDOM.path(), NO_EPOCH, 1, run));
        }
        return new Copied(key, steps);
    }

    /** A token belongs to the run that has opened it: one that is still to be awaited would be completed there. */
    private static void openToken(RunView old, List<StepRecord> before) {
        for (StepRecord step : before) {
            String id = TokenRecord.idOf(step);
            if (id == null) continue;
            if (before.stream().anyMatch(s -> s.isFinal() && s.awaits() instanceof Wait.Token w && w.id().equals(id)))
                continue;
            throw new Refused(
                    "token_open",
                    "run " + old.run().id() + " has opened " + id + " at step " + step.key() + " and had not its value"
                            + " before the step to begin with; a token is completed for the run that has opened it:"
                            + " begin with step " + step.key() + ", or before it");
        }
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
