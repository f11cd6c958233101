package dev.holdfast.core;

import dev.holdfast.core.Decision.Accepted;
import dev.holdfast.core.Decision.Nothing;
import dev.holdfast.core.Decision.Transition;
import dev.holdfast.core.Stop.Next;
import dev.holdfast.core.Stop.Reason;
import java.time.Instant;

/** What happens when a deadline comes. One that has lost its meaning is dropped, so that no sweep meets it again. */
final class DeadlineRules {
    private DeadlineRules() {}

    static Decision came(Run run, Deadlines.Name name, Instant now) {
        Instant at = run.times().deadlines().byName().get(name);
        if (at == null) return new Nothing("it has no such deadline");
        if (at.isAfter(now)) return new Nothing("the deadline is not before " + at);
        return switch (name) {
            case TTL -> expired(run, now);
            case START ->
                run.state() == RunState.STARTING
                        ? stops(run, Reason.NOT_STARTED, Next.QUEUED, "deadline: did not start in time", now)
                        : Moves.dropped(run, name);
            case PROGRESS ->
                run.state() == RunState.RUNNING
                        ? stops(run, Reason.NO_PROGRESS, Next.QUEUED, "deadline: no progress", now)
                        : Moves.dropped(run, name);
            case HEALTHY -> healthy(run);
            case MAX_DURATION -> tooLong(run, now);
            case WAIT -> run.state() == RunState.BLOCKED ? AttemptRules.unblock(run) : Moves.dropped(run, name);
            case STOP -> notStopped(run, now);
            case COMPENSATION ->
                run.status().cancelled()
                        ? Moves.cutOff(run, Outcome.CANCELLED, "deadline: the compensation budget is spent", now)
                        : Moves.dropped(run, name);
        };
    }

    private static Decision stops(Run run, Reason reason, Next next, String cause, Instant now) {
        return Moves.stopping(run, new Stop(reason, next), cause, now);
    }

    /** Whatever executes for so long was not killed by what it does first. */
    private static Decision healthy(Run run) {
        var times = Moves.without(run, Deadlines.Name.HEALTHY);
        boolean executes = run.state() == RunState.RUNNING || (run.state() == RunState.BLOCKED && run.isHeld());
        if (!executes) return Moves.dropped(run, Deadlines.Name.HEALTHY);
        return new Accepted(
                run.tried(new Run.Tries(run.tries().attempt(), 0, 0)).moved(run.status(), run.fence(), times));
    }

    private static Decision expired(Run run, Instant now) {
        return run.state() == RunState.QUEUED && !run.wasStarted()
                ? Moves.finish(run, Outcome.EXPIRED, "expire: was not started in time", now)
                : Moves.dropped(run, Deadlines.Name.TTL);
    }

    private static Decision tooLong(Run run, Instant now) {
        String cause = "deadline: took longer than " + run.policy().maxDuration();
        Stop stop = run.status().stop();
        boolean bounded = run.status().cancelled() || (stop != null && stop.next() == Next.TIMED_OUT);
        // The budget of its compensation bounds it now, or its stop deadline.
        if (bounded) return Moves.dropped(run, Deadlines.Name.MAX_DURATION);
        if (!run.isHeld()) return Moves.finish(run, Outcome.TIMED_OUT, cause, now);
        // It was to come back; it is over instead.
        return stop != null
                ? StopRules.redirected(run, Next.TIMED_OUT, cause, now)
                : stops(run, Reason.TIME_OUT, Next.TIMED_OUT, cause, now);
    }

    private static Decision notStopped(Run run, Instant now) {
        if (run.state() != RunState.STOPPING) return Moves.dropped(run, Deadlines.Name.STOP);
        Stop stop = Moves.stopOf(run);
        String cause = "deadline: did not stop in time (" + stop.reason() + ")";
        Holder holder = run.fence().holder();
        boolean inNode = holder != null && holder.kind() == Holder.Kind.NODE;
        if (!StopRules.returns(run, now)) return Moves.cutOff(run, stop.next(), cause, now);
        if (!inNode) return new Transition(Moves.requeued(run, null, run.tries()), cause);
        // Code in a node cannot be removed: to start the run again now would put a second executor beside a live one.
        // A drain is not the run's fault: it goes on when the node is gone.
        if (stop.reason() == Reason.DRAIN) {
            var later = run.times().deadlines().with(Deadlines.Name.STOP, Moves.after(now, Defaults.STOP_GRACE));
            return new Accepted(run.moved(run.status(), run.fence(), run.times().with(later)));
        }
        return Moves.cutOff(run, run.status().cancelled() ? Next.CANCELLED : Next.TIMED_OUT, cause, now);
    }
}
