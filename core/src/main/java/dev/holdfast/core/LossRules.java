package dev.holdfast.core;

import dev.holdfast.core.Decision.Accepted;
import dev.holdfast.core.Decision.Nothing;
import dev.holdfast.core.Decision.Refusal;
import dev.holdfast.core.Decision.Stale;
import dev.holdfast.core.Decision.Transition;
import dev.holdfast.core.Stop.Next;
import java.time.Duration;
import java.time.Instant;

/** What happens to a run whose holder is gone, or is reached in another way now. Lost is not stopped is not failed. */
final class LossRules {
    private LossRules() {}

    static Decision lost(Run run, Command.Lost lost, Instant now) {
        if (!run.isHeld()) return new Nothing("nobody holds it");
        if (!lost.holder().equals(run.fence().holder())) return new Nothing("somebody else holds it");
        String blame = lost.blame() == Command.Blame.COUNTED ? "" : ", not counted";
        String cause = "lost: " + lost.holder() + blame;
        Stop stop = run.status().stop();
        if (stop == null || stop.next() == Next.QUEUED) return requeued(run, lost.blame(), cause, now);
        boolean compensates = stop.next() == Next.CANCELLED && Moves.budgetLeft(run, now);
        return compensates
                ? requeued(run, lost.blame(), cause, now)
                : Moves.finish(run, stop.next(), cause + ", while stopping for " + stop.reason(), now);
    }

    private static Decision requeued(Run run, Command.Blame blame, String cause, Instant now) {
        var before = run.tries();
        boolean counted = blame == Command.Blame.COUNTED;
        int losses = before.losses() + (counted ? 1 : 0);
        // A suspect is only ever tried alone, so a loss of a suspect is a loss while alone.
        int alone = before.lossesAlone() + (counted && run.isSuspect() ? 1 : 0);
        if (alone >= Defaults.LOSSES_ALONE) {
            String why = cause + " (" + losses + " losses without progress, " + alone + " of them while alone)";
            return run.status().cancelled()
                    ? Moves.finish(run, Outcome.CANCELLED, why, now)
                    : Moves.finish(run, Outcome.SYSTEM_FAILURE, why, now);
        }
        var tries = new Run.Tries(before.attempt(), losses, alone);
        int beyond = losses - Defaults.SUSPECT_AFTER_LOSSES;
        if (beyond < 0) return new Transition(Moves.requeued(run, null, tries), cause);
        Duration wait = Defaults.SUSPECT_BACK_OFF.delay(beyond + 1, 0.5);
        return new Transition(
                Moves.requeued(run, Moves.after(now, wait), tries),
                cause + " (" + losses + " losses without progress, alone in " + wait.toMillis() + " ms)");
    }

    static Decision adopt(Run run, Holder holder) {
        if (!holder.equals(run.fence().holder())) return new Stale("it is not held by " + holder);
        if (holder.kind() == Holder.Kind.NODE) return new Refusal("not_adoptable", "code in a node dies with the node");
        return new Accepted(run);
    }
}
