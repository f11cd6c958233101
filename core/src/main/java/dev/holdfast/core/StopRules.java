package dev.holdfast.core;

import dev.holdfast.core.Decision.Nothing;
import dev.holdfast.core.Decision.Refusal;
import dev.holdfast.core.Decision.Transition;
import dev.holdfast.core.Stop.Next;
import dev.holdfast.core.Stop.Reason;
import java.time.Instant;

/** What happens to a run that somebody wants to end, or to leave its executor. */
final class StopRules {
    private StopRules() {}

    static Decision cancel(Run run, Command.Cancel cancel, Instant now) {
        if (run.isFinished()) return new Nothing("it has ended");
        if (run.status().cancelled()) return cancelledAgain(run, cancel, now);
        if (run.state() == RunState.STOPPING) {
            return redirected(run, Next.CANCELLED, "cancel: while stopping", now);
        }
        if (run.isHeld()) return Moves.stopping(run, new Stop(Reason.CANCEL, Next.CANCELLED), "cancel", now);

        // Nobody executes it. What has recorded steps comes back to compensate; the rest ends here.
        boolean ends =
                !cancel.compensable() || !run.wasStarted() || run.status().parked() != null;
        if (ends) return Moves.finish(run, Outcome.CANCELLED, "cancel", now);
        // Its budget begins when somebody executes it: until then it waits for a slot, or for its queue to be resumed.
        var deadlines = Moves.bounded(run.times().deadlines().without(Deadlines.Name.WAIT));
        return new Transition(
                run.at(run.place().dueAt(null))
                        .moved(
                                run.status().in(RunState.QUEUED).marked(),
                                run.fence().kept(),
                                run.times().with(deadlines)),
                "cancel: queued again, to compensate");
    }

    /** Asking twice gives no second budget. It ends what waits to compensate by code that nobody has any more. */
    private static Decision cancelledAgain(Run run, Command.Cancel cancel, Instant now) {
        boolean begun = run.times().deadlines().byName().containsKey(Deadlines.Name.COMPENSATION);
        return run.state() == RunState.QUEUED && !begun && !cancel.compensable()
                ? Moves.finish(run, Outcome.CANCELLED, "cancel: nothing here can compensate it", now)
                : new Nothing("it is being cancelled already");
    }

    static Decision stop(Run run, Stop why, Instant now) {
        if (run.isFinished()) return new Nothing("it has ended");
        if (!run.isHeld()) return new Nothing("nobody executes it");
        String cause = "stop: " + why.reason();
        if (run.state() != RunState.STOPPING) return Moves.stopping(run, why, cause, now);
        boolean returns =
                Moves.stopOf(run).next() == Next.QUEUED && !run.status().cancelled();
        return returns && why.next() != Next.QUEUED
                ? redirected(run, why.next(), cause + ", while stopping", now)
                : new Nothing("it is being stopped already");
    }

    /** It is being stopped already: the first specific reason is kept; where the run goes is what was asked last. */
    static Transition redirected(Run run, Next next, String cause, Instant now) {
        var deadlines = run.times().deadlines().without(Deadlines.Name.MAX_DURATION);
        if (next == Next.CANCELLED) deadlines = Moves.compensating(deadlines, now);
        var why = new Stop(Moves.stopOf(run).reason(), next);
        return new Transition(
                run.moved(
                        run.status().stopping(why),
                        run.fence().kept(),
                        run.times().with(deadlines)),
                cause);
    }

    static Decision stopped(Run run, boolean compensated, Instant now) {
        if (run.state() != RunState.STOPPING) {
            // An executor that leaves unasked must not stay the holder of a run that it does not execute. Nobody has
            // interrupted one that began with the cancel mark: it left by itself, and would do so again.
            return run.status().cancelled()
                    ? Moves.finish(run, Outcome.CANCELLED, "stopped: after cancel", now)
                    : new Transition(Moves.requeued(run, null, run.tries()), "stopped: unasked");
        }
        Stop stop = Moves.stopOf(run);
        String cause = "stopped: for " + stop.reason();
        // The interrupt met the code where no key could take the cancel: the replay takes it to the next one.
        if (stop.reason() == Reason.CANCEL && !compensated && Moves.budgetLeft(run, now)) {
            return new Transition(Moves.requeued(run, null, run.tries()), cause + ", queued again, to compensate");
        }
        return returns(run, now)
                ? new Transition(Moves.requeued(run, null, run.tries()), cause)
                : Moves.finish(run, stop.next(), cause, now);
    }

    /** The code of a run that was ended without it has left. */
    static Decision left(Run run, Holder node) {
        return node.equals(run.place().lingers())
                ? new Decision.Accepted(run.at(run.place().left()))
                : new Nothing("its code is not in " + node);
    }

    static Decision delete(Run run) {
        if (!run.isFinished()) {
            return new Refusal("run_not_finished", "it is " + run.state() + ": cancel it first");
        }
        return run.place().lingers() == null
                ? new Decision.Removal()
                : new Refusal(
                        "run_not_finished",
                        "its code has not left " + run.place().lingers() + " yet");
    }

    /** Whether a run that leaves STOPPING goes on: it was to, or it left before it could compensate a cancel. */
    static boolean returns(Run run, Instant now) {
        Stop stop = Moves.stopOf(run);
        return switch (stop.next()) {
            case QUEUED -> true;
            case TIMED_OUT -> false;
            case CANCELLED -> stop.reason() != Reason.CANCEL && Moves.budgetLeft(run, now);
        };
    }
}
