package dev.holdfast.engine;

import dev.holdfast.core.Run;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Wait;
import dev.holdfast.core.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts what a blocked run waits for into a sentence: its row says which steps, and the steps say what for. */
final class Waited {
    private static final int SHOWN = 3;

    private Waited() {}

    /** @param pending the steps of the run that are pending, read at the same moment */
    static Explanation explain(Run run, List<StepRecord> pending, Instant now) {
        Waiting on = run.status().waiting();
        var keys = pending.stream().map(StepRecord::key).collect(Collectors.toSet());
        if (on == null || on.isOver(keys::contains)) {
            return new Explanation("blocked", "What it has waited for has come: it goes on at once.", now);
        }
        var open = pending.stream().filter(s -> on.keys().contains(s.key())).toList();
        var parts = new ArrayList<String>();
        for (StepRecord step : open.subList(0, Math.min(SHOWN, open.size()))) parts.add(phrase(step));
        if (open.size() > SHOWN) parts.add((open.size() - SHOWN) + " more");
        String what = String.join(on.need() == Waiting.Need.ALL ? ", and " : ", or ", parts);
        var ahead = Ahead.of(run, pending);
        String then = ahead.map(a -> " If nothing comes before: at " + a.at() + " " + a.what() + ".")
                .orElse("");
        return new Explanation(
                code(open.getFirst()),
                "It waits " + what + ". " + meanwhile(run) + then,
                ahead.map(Ahead::at).orElse(null));
    }

    private static String meanwhile(Run run) {
        if (!run.isHeld())
            return "It costs a row and no memory, and is queued again at its old place when that has come.";
        return "It is held in memory, for " + run.policy().giveUpAfter().toMillis()
                + " ms at most, and goes on at once when that has come.";
    }

    private static String code(StepRecord step) {
        return switch (step.awaits()) {
            case Wait.Time w -> "sleeps";
            case Wait.Signal w -> "awaits_signal";
            case Wait.Token w -> "awaits_token";
            case Wait.Child w -> "awaits_child";
            case Wait.Turn w -> "awaits_next_try";
            case null -> "blocked";
        };
    }

    private static String phrase(StepRecord step) {
        StepKey key = step.key();
        return switch (step.awaits()) {
            case Wait.Time w -> "until " + w.until() + " (step " + key + ")";
            case Wait.Signal w -> "for a signal '" + w.name() + "' (step " + key + until(w.until()) + ")";
            case Wait.Token w -> "for token " + w.id() + " to be completed (step " + key + until(w.until()) + ")";
            case Wait.Child w -> "for the end of " + w.run() + " (step " + key + " '" + step.name() + "')";
            case Wait.Turn w ->
                "for try " + (step.tries() + 1) + " of step " + key + " '" + step.name() + "' at " + w.until();
            case null -> "for step " + key + " '" + step.name() + "'";
        };
    }

    private static String until(@Nullable Instant until) {
        return until == null ? "" : ", until " + until;
    }
}
