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
        String cause = "lost: " + lost.holder();
        Stop stop = run.status().stop();
        if (stop == null || stop.next() == Next.QUEUED) return requeued(run, lost.blame(), cause, now);
        boolean compensates = stop.next() == Next.CANCELLED && Moves.budgetLeft(run, now);
        return compensates
                ? requeued(run, lost.blame(), cause, now)
                : Moves.finish(run, stop.next(), cause + ", while stopping for " + stop.reason(), now);
    }

    private static Decision requeued(Run run, Command.Blame blame, String cause, Instant now) {
        var before = run.tries();
        int losses = blame == Command.Blame.COUNTED ? before.losses() + 1 : before.losses();
        var tries = new Run.Tries(before.attempt(), losses, before.lossesAlone());
        int beyond = losses - Defaults.SUSPECT_AFTER_LOSSES;
        if (beyond < 0) return new Transition(Moves.requeued(run, null, tries), cause);
        Duration wait = Defaults.SUSPECT_BACK_OFF.delay(beyond + 1, 0.5);
        return new Transition(
                Moves.requeued(run, Moves.after(now, wait), tries),
                cause + " (" + losses + " losses without progress, again in " + wait.toMillis() + " ms)");
    }

    static Decision adopt(Run run, Holder holder) {
        if (!holder.equals(run.fence().holder())) return new Stale("it is not held by " + holder);
        if (holder.kind() == Holder.Kind.NODE) return new Refusal("not_adoptable", "code in a node dies with the node");
        return new Accepted(run);
    }
}
