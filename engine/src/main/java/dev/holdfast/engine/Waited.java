package dev.holdfast.engine;

import dev.holdfast.core.Run;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Wait;
import dev.holdfast.core.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts what a blocked run waits for into a sentence: its row says which steps, and the steps say what for. */
final class Waited {
    private static final int SHOWN = 3;

    private Waited() {}

    static Explanation explain(Run run, List<StepRecord> pending) {
        Waiting on = run.status().waiting();
        var open = pending.stream()
                .filter(s -> on == null || on.keys().contains(s.key()))
                .toList();
        Instant next = run.times().deadlines().next().orElse(null);
        boolean all = on != null && on.need() == Waiting.Need.ALL;
        var parts = new ArrayList<String>();
        for (StepRecord step : open.subList(0, Math.min(SHOWN, open.size()))) parts.add(phrase(step));
        if (open.size() > SHOWN) parts.add((open.size() - SHOWN) + " more");
        String what = parts.isEmpty() ? "for what is not recorded yet" : String.join(all ? ", and " : ", or ", parts);
        String then = run.isHeld()
                ? "It is held in memory and goes on at once when that has come"
                : "It costs a row and no memory, and is queued again at its old place when that has come";
        return new Explanation(code(open), "It waits " + what + ". " + then + deadline(run, next) + ".", next);
    }

    private static String code(List<StepRecord> open) {
        return open.isEmpty()
                ? "blocked"
                : switch (open.getFirst().awaits()) {
                    case Wait.Time w -> "sleeps";
                    case Wait.Signal w -> "awaits_signal";
                    case Wait.Token w -> "awaits_token";
                    case Wait.Child w -> "awaits_child";
                    case Wait.Turn w -> "awaits_next_try";
                    case null -> "blocked";
                };
    }

    private static String phrase(StepRecord step) {
        return switch (step.awaits()) {
            case Wait.Time w -> "until " + w.until() + " (step " + step.key() + ")";
            case Wait.Signal w -> "for a signal '" + w.name() + "' (step " + step.key() + until(w.until()) + ")";
            case Wait.Token w ->
                "for token " + w.id() + " to be completed (step " + step.key() + until(w.until()) + ")";
            case Wait.Child w -> "for the end of " + w.run() + " (step " + step.key() + " '" + step.name() + "')";
            case Wait.Turn w ->
                "for try " + (step.tries() + 1) + " of step " + step.key() + " '" + step.name() + "' at " + w.until();
            case null -> "for step " + step.key() + " '" + step.name() + "'";
        };
    }

    private static String until(@Nullable Instant until) {
        return until == null ? "" : ", until " + until;
    }

    private static String deadline(Run run, @Nullable Instant next) {
        return next == null
                ? ""
                : ", at the latest at " + next + " (deadline "
                        + run.times().deadlines().due(next).orElseThrow() + ")";
    }
}
