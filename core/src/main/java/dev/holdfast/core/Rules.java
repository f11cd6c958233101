package dev.holdfast.core;

import static dev.holdfast.core.RunState.BLOCKED;
import static dev.holdfast.core.RunState.FINISHED;
import static dev.holdfast.core.RunState.QUEUED;
import static dev.holdfast.core.RunState.RUNNING;
import static dev.holdfast.core.RunState.STARTING;
import static dev.holdfast.core.RunState.STOPPING;

import dev.holdfast.core.Decision.Accepted;
import dev.holdfast.core.Decision.Nothing;
import dev.holdfast.core.Decision.Refusal;
import dev.holdfast.core.Decision.Removal;
import dev.holdfast.core.Decision.Stale;
import dev.holdfast.core.Decision.Transition;
import dev.holdfast.core.Stop.Next;
import dev.holdfast.core.Stop.Reason;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The rules: given a run's state and a command, what happens. Pure: the same arguments, the same decision, and nothing
 * else is touched. Every pair of a state and a command has an answer; docs/state-table.md is printed from this class.
 *
 * <pre>
 *            claim            claim (node)
 *   QUEUED ────────► STARTING ─────────────► RUNNING ◄───────► BLOCKED (held)
 *     ▲  ▲              │                    │   │                  │ give up
 *     │  └── lost, retry, not started ───────┘   │                  ▼
 *     └──────────────── unblock ─────────────────┼────────── BLOCKED (given up)
 *                                                │
 *                STOPPING(reason, next) ◄── cancel, deadline
 *                       └──► CANCELLED, TIMED_OUT or QUEUED
 * </pre>
 *
 * Two things keep zombies out. The fence: a command of an executor names (epoch, holder), and the epoch grows with every
 * hand-over and every release. And the order: whoever carries a decision out commits it only if the row still has the
 * fence that was decided on.
 */
public final class Rules {
    private Rules() {}

    /** A new run. */
    public static Transition start(Command.Start start, Instant now) {
        Duration delay = start.timing().delay();
        Instant due = delay.isZero() ? null : now.plus(delay);
        Duration ttl = start.timing().ttl();
        var deadlines = ttl == null ? Deadlines.NONE : Deadlines.NONE.with(Deadlines.Name.TTL, now.plus(ttl));
        var place = new Run.Place(
                start.queue(), start.lane(), null, now.minus(start.timing().ahead()), due);
        var run = new Run(
                start.id(),
                start.origin(),
                start.policy(),
                place,
                Run.Status.FRESH,
                new Fence(0, null, 1),
                Run.Tries.FIRST,
                new Run.Times(now, null, null, deadlines));
        return new Transition(run, due == null ? "start" : "start: delayed until " + due);
    }

    /** What this command does to this run. Never null; never throws for any pair. */
    public static Decision decide(Run run, Command command, Instant now) {
        if (command instanceof Command.OfHolder mine && !run.fence().admits(mine.by())) {
            return new Stale("run is at epoch " + run.fence().epoch() + ", "
                    + (run.fence().holder() == null
                            ? "held by nobody"
                            : "held by " + run.fence().holder())
                    + ", not at epoch " + mine.by().epoch() + " of " + mine.by().holder());
        }
        return switch (command) {
            case Command.Start c -> new Refusal("run_exists", "a run with this id exists");
            case Command.Enqueue c -> enqueue(run);
            case Command.Claim c -> claim(run, c, now);
            case Command.Started c -> started(run);
            case Command.RecordStep c -> record(run);
            case Command.Block c -> block(run, c, now);
            case Command.Unblock c -> unblock(run);
            case Command.GiveUp c -> giveUp(run);
            case Command.Succeed c -> succeed(run, now);
            case Command.Fail c -> fail(run, c.error(), c.dice(), Outcome.FAILED, now);
            case Command.Crash c -> fail(run, c.error(), c.dice(), Outcome.CRASHED, now);
            case Command.Park c -> park(run, c.why());
            case Command.Unpark c -> unpark(run);
            case Command.Lost c -> lost(run, c, now);
            case Command.Cancel c -> cancel(run, c, now);
            case Command.StopIt c -> stop(run, c.why(), now);
            case Command.Stopped c -> stopped(run, now);
            case Command.Adopt c -> adopt(run, c.holder());
            case Command.Expire c -> expire(run, now);
            case Command.DeadlineCame c -> deadline(run, c.name(), now);
            case Command.Signal c -> signal(run);
            case Command.Rerun c -> new Nothing("a rerun makes a new run and leaves this one as it is");
            case Command.Delete c -> delete(run);
            case Command.Finalise c ->
                new Nothing(run.isFinished() ? "nothing is left to do" : "the run has not ended");
            case Command.Pause c -> new Nothing("a pause stops claims from the queue, not runs");
            case Command.Resume c -> new Nothing("a resume allows claims from the queue");
        };
    }

    private static Decision enqueue(Run run) {
        // A start makes a run claimable at once; the state exists for starts inside a user's own transaction.
        return new Nothing(run.state() == QUEUED ? "it is claimable already" : "it has left the queue");
    }

    private static Decision claim(Run run, Command.Claim claim, Instant now) {
        if (run.state() != QUEUED) return new Stale("it is " + run.state() + ", not QUEUED");
        Instant due = run.place().due();
        if (due != null && due.isAfter(now)) return new Refusal("not_due", "it is not due before " + due);

        // Code in the node is called at once; a worker or a sandbox says when it has started.
        boolean here = claim.holder().kind() == Holder.Kind.NODE;
        var deadlines = run.times().deadlines().without(Deadlines.Name.TTL);
        if (!here) deadlines = deadlines.with(Deadlines.Name.START, now.plus(Defaults.START_DEADLINE));
        Instant first = run.times().started();
        Duration limit = run.policy().maxDuration();
        if (first == null && limit != null) deadlines = deadlines.with(Deadlines.Name.MAX_DURATION, now.plus(limit));
        var times = new Run.Times(run.times().created(), first == null ? now : first, null, deadlines);
        var next = new Run(
                run.id(),
                run.origin(),
                run.policy(),
                run.place().dueAt(null),
                run.status().in(here ? RUNNING : STARTING),
                run.fence().handedTo(claim.holder()),
                run.tries(),
                times);
        return new Transition(next, "claim: by " + claim.holder());
    }

    private static Decision started(Run run) {
        if (run.state() != STARTING) return new Nothing("it has started already");
        return new Transition(
                with(run, run.status().in(RUNNING), run.fence().kept(), without(run, Deadlines.Name.START)), "started");
    }

    private static Decision record(Run run) {
        if (run.state() == STARTING) return new Refusal("not_started", "the executor has not said that it started");
        if (run.state() == FINISHED) return new Stale("it has ended");
        // A recorded step is progress: whoever died before it was not killed by this run.
        var tries = run.tries();
        if (tries.losses() == 0) return new Accepted(run);
        return new Accepted(with(run, new Run.Tries(tries.attempt(), 0, 0)));
    }

    private static Decision block(Run run, Command.Block block, Instant now) {
        if (run.state() == STOPPING) return new Refusal("stopping", "it is being stopped");
        if (run.state() != RUNNING) return new Refusal("not_running", "it is " + run.state());
        var deadlines = run.times().deadlines();
        if (block.timeout() != null) deadlines = deadlines.with(Deadlines.Name.WAIT, now.plus(block.timeout()));
        return new Transition(
                with(
                        run,
                        run.status().in(BLOCKED),
                        run.fence().kept(),
                        run.times().with(deadlines)),
                "block");
    }

    private static Decision unblock(Run run) {
        if (run.state() != BLOCKED) return new Nothing("it does not wait");
        var times = without(run, Deadlines.Name.WAIT);
        return run.isHeld()
                ? new Transition(with(run, run.status().in(RUNNING), run.fence().kept(), times), "unblock")
                : new Transition(
                        with(run, run.status().in(QUEUED), run.fence().kept(), times), "unblock: queued again");
    }

    private static Decision giveUp(Run run) {
        if (run.state() != BLOCKED) return new Nothing("it does not wait");
        return new Transition(with(run, run.status(), run.fence().released(), run.times()), "give up");
    }

    private static Decision succeed(Run run, Instant now) {
        return switch (run.state()) {
            // A body that returns normally after Cancelled has compensated; it has not succeeded.
            case RUNNING ->
                run.status().cancelled()
                        ? finish(run, Outcome.CANCELLED, "succeed: but it was cancelled", now)
                        : finish(run, Outcome.SUCCEEDED, "succeed", now);
            case STOPPING -> {
                Stop stop = stopOf(run);
                yield stop.next() == Next.QUEUED
                        ? finish(run, Outcome.SUCCEEDED, "succeed: while stopping for " + stop.reason(), now)
                        : finish(
                                run,
                                outcomeOf(stop.next()),
                                "succeed: but it was being stopped for " + stop.reason(),
                                now);
            }
            case STARTING -> new Refusal("not_started", "the executor has not said that it started");
            case BLOCKED -> new Refusal("blocked", "it waits");
            case QUEUED, FINISHED -> new Stale("it is " + run.state());
        };
    }

    private static Decision fail(Run run, RunError error, double dice, Outcome end, Instant now) {
        String what = (end == Outcome.CRASHED ? "crash: " : "fail: ") + brief(error);
        return switch (run.state()) {
            case RUNNING, STARTING, BLOCKED -> retryOrEnd(run, error, dice, end, what, now);
            case STOPPING -> {
                Stop stop = stopOf(run);
                yield stop.next() == Next.QUEUED
                        ? retryOrEnd(run, error, dice, end, what, now)
                        : finish(run, outcomeOf(stop.next()), what + ", while stopping for " + stop.reason(), now);
            }
            case QUEUED, FINISHED -> new Stale("it is " + run.state());
        };
    }

    private static Decision retryOrEnd(Run run, RunError error, double dice, Outcome end, String what, Instant now) {
        Retry retry = run.policy().retry();
        int attempt = run.tries().attempt();
        if (run.status().cancelled()) return finish(run, Outcome.CANCELLED, what, now);
        if (!error.retryable()) return finish(run, end, what + " (final)", now);
        if (attempt >= retry.maxAttempts()) {
            return finish(run, end, what + " (attempt " + attempt + " of " + retry.maxAttempts() + ")", now);
        }
        Duration delay = retry.delay(attempt, dice);
        var next = requeued(run, now.plus(delay), new Run.Tries(attempt + 1, 0, 0));
        return new Transition(
                next,
                what + " (retry " + attempt + " of " + (retry.maxAttempts() - 1) + " in " + delay.toMillis() + " ms)");
    }

    private static Decision park(Run run, Run.Parked why) {
        if (run.state() != RUNNING && run.state() != STOPPING)
            return new Refusal("not_running", "it is " + run.state());
        var back = requeued(run, null, run.tries());
        var status = new Run.Status(QUEUED, null, null, run.status().cancelled(), why);
        return new Transition(
                with(back, status, back.fence(), back.times()),
                "park: step " + why.key() + " was recorded as '" + why.recorded() + "', the code calls '" + why.called()
                        + "'");
    }

    private static Decision unpark(Run run) {
        if (run.status().parked() == null) return new Nothing("it is not parked");
        return new Transition(
                with(run, run.status().in(run.state()), run.fence().kept(), run.times()), "unpark");
    }

    private static Decision lost(Run run, Command.Lost lost, Instant now) {
        if (!run.isHeld()) return new Nothing("nobody holds it");
        if (!lost.holder().equals(run.fence().holder())) return new Nothing("somebody else holds it");
        String cause = "lost: " + lost.holder();
        return switch (run.state()) {
            case STARTING, RUNNING, BLOCKED -> requeueLost(run, lost.blame(), cause, now);
            case STOPPING -> {
                Stop stop = stopOf(run);
                boolean compensating = stop.next() == Next.CANCELLED && budgetLeft(run, now);
                yield stop.next() == Next.QUEUED || compensating
                        ? requeueLost(run, lost.blame(), cause, now)
                        : finish(run, outcomeOf(stop.next()), cause + ", while stopping for " + stop.reason(), now);
            }
            // Neither has a holder.
            case QUEUED, FINISHED -> new Nothing("nobody holds it");
        };
    }

    private static Decision requeueLost(Run run, Command.Blame blame, String cause, Instant now) {
        var before = run.tries();
        int losses = blame == Command.Blame.COUNTED ? before.losses() + 1 : before.losses();
        var tries = new Run.Tries(before.attempt(), losses, before.lossesAlone());
        int beyond = losses - Defaults.SUSPECT_AFTER_LOSSES;
        if (beyond < 0) return new Transition(requeued(run, null, tries), cause);
        Duration wait = Defaults.SUSPECT_BACK_OFF.delay(Math.min(beyond + 1, 30), 0.5);
        return new Transition(
                requeued(run, now.plus(wait), tries),
                cause + " (" + losses + " losses without progress, again in " + wait.toMillis() + " ms)");
    }

    private static Decision cancel(Run run, Command.Cancel cancel, Instant now) {
        return switch (run.state()) {
            case STARTING, RUNNING -> stopping(run, new Stop(Reason.CANCEL, Next.CANCELLED), "cancel", now);
            case QUEUED -> cancelWaiting(run, cancel, now);
            case BLOCKED ->
                run.isHeld()
                        ? stopping(run, new Stop(Reason.CANCEL, Next.CANCELLED), "cancel", now)
                        : cancelWaiting(run, cancel, now);
            case STOPPING -> {
                Stop stop = stopOf(run);
                if (stop.next() == Next.CANCELLED) yield new Nothing("it is being cancelled already");
                // The first specific reason is kept; where the run goes is what was asked last.
                var status = run.status().stopping(new Stop(stop.reason(), Next.CANCELLED));
                yield new Transition(with(run, status, run.fence().kept(), run.times()), "cancel: while stopping");
            }
            case FINISHED -> new Nothing("it has ended");
        };
    }

    /** Nobody executes it. What has recorded steps comes back to compensate; the rest ends here. */
    private static Decision cancelWaiting(Run run, Command.Cancel cancel, Instant now) {
        if (run.status().cancelled()) return new Nothing("it is being cancelled already");
        if (!cancel.hasSteps() || run.status().parked() != null) return finish(run, Outcome.CANCELLED, "cancel", now);
        var status = new Run.Status(QUEUED, null, null, true, null);
        var times = run.times().with(compensation(run.times().deadlines(), now).without(Deadlines.Name.WAIT));
        var marked = new Run(
                run.id(),
                run.origin(),
                run.policy(),
                run.place().dueAt(null),
                status,
                run.fence().kept(),
                run.tries(),
                times);
        return new Transition(marked, "cancel: queued again, to compensate");
    }

    private static Decision stop(Run run, Stop why, Instant now) {
        return switch (run.state()) {
            case STARTING, RUNNING -> stopping(run, why, "stop: " + why.reason(), now);
            case BLOCKED ->
                run.isHeld() ? stopping(run, why, "stop: " + why.reason(), now) : new Nothing("nobody executes it");
            case STOPPING -> new Nothing("it is being stopped already");
            case QUEUED -> new Nothing("nobody executes it");
            case FINISHED -> new Nothing("it has ended");
        };
    }

    private static Decision stopping(Run run, Stop why, String cause, Instant now) {
        var deadlines = run.times()
                .deadlines()
                .without(Deadlines.Name.START)
                .without(Deadlines.Name.WAIT)
                .with(
                        Deadlines.Name.STOP,
                        now.plus(why.next() == Next.CANCELLED ? Defaults.COMPENSATION_BUDGET : Defaults.STOP_GRACE));
        return new Transition(
                with(
                        run,
                        run.status().stopping(why),
                        run.fence().kept(),
                        run.times().with(deadlines)),
                cause);
    }

    private static Decision stopped(Run run, Instant now) {
        if (run.state() != STOPPING) return new Nothing("it is not being stopped");
        Stop stop = stopOf(run);
        String cause = "stopped: for " + stop.reason();
        return stop.next() == Next.QUEUED
                ? new Transition(requeued(run, null, run.tries()), cause)
                : finish(run, outcomeOf(stop.next()), cause, now);
    }

    private static Decision adopt(Run run, Holder holder) {
        if (!holder.equals(run.fence().holder())) return new Stale("it is not held by " + holder);
        if (holder.kind() == Holder.Kind.NODE) return new Refusal("not_adoptable", "code in a node dies with the node");
        return new Accepted(run);
    }

    private static Decision expire(Run run, Instant now) {
        if (run.state() != QUEUED) return new Nothing("it has left the queue");
        if (run.wasStarted()) return new Nothing("it was started before");
        return finish(run, Outcome.EXPIRED, "expire: was not started in time", now);
    }

    private static Decision deadline(Run run, Deadlines.Name name, Instant now) {
        Instant at = run.times().deadlines().byName().get(name);
        if (at == null || run.isFinished()) return new Nothing("it has no such deadline");
        if (at.isAfter(now)) return new Nothing("the deadline is not before " + at);
        return switch (name) {
            case TTL -> expire(run, now);
            case START ->
                run.state() == STARTING
                        ? stopping(
                                run, new Stop(Reason.NOT_STARTED, Next.QUEUED), "deadline: did not start in time", now)
                        : dropped(run, name);
            case PROGRESS ->
                run.state() == RUNNING
                        ? stopping(run, new Stop(Reason.NO_PROGRESS, Next.QUEUED), "deadline: no progress", now)
                        : dropped(run, name);
            case WAIT -> run.state() == BLOCKED ? unblock(run) : dropped(run, name);
            case MAX_DURATION -> tooLong(run, now);
            case STOP -> stopDeadline(run, now);
        };
    }

    private static Decision tooLong(Run run, Instant now) {
        String cause = "deadline: took longer than " + run.policy().maxDuration();
        return switch (run.state()) {
            case QUEUED -> finish(run, Outcome.TIMED_OUT, cause, now);
            case STARTING, RUNNING -> stopping(without(run), new Stop(Reason.TIME_OUT, Next.TIMED_OUT), cause, now);
            case BLOCKED ->
                run.isHeld()
                        ? stopping(without(run), new Stop(Reason.TIME_OUT, Next.TIMED_OUT), cause, now)
                        : finish(run, Outcome.TIMED_OUT, cause, now);
            // Its stop deadline ends it.
            case STOPPING -> dropped(run, Deadlines.Name.MAX_DURATION);
            case FINISHED -> new Nothing("it has ended");
        };
    }

    private static Decision stopDeadline(Run run, Instant now) {
        if (run.state() == QUEUED) {
            // Lost while compensating, and the budget is spent before anybody took it again.
            return run.status().cancelled()
                    ? finish(run, Outcome.CANCELLED, "deadline: the compensation budget is spent", now)
                    : dropped(run, Deadlines.Name.STOP);
        }
        if (run.state() == RUNNING && run.status().cancelled()) {
            return finish(run, Outcome.CANCELLED, "deadline: the compensation budget is spent", now);
        }
        if (run.state() != STOPPING) return dropped(run, Deadlines.Name.STOP);
        Stop stop = stopOf(run);
        Holder holder = run.fence().holder();
        boolean inNode = holder != null && holder.kind() == Holder.Kind.NODE;
        String cause = "deadline: did not stop in time (" + stop.reason() + ")";
        if (stop.next() != Next.QUEUED) return finish(run, outcomeOf(stop.next()), cause, now);
        // Code in a node cannot be removed from beside a second executor: such a run ends, it is not started again.
        return inNode
                ? finish(run, Outcome.TIMED_OUT, cause, now)
                : new Transition(requeued(run, null, run.tries()), cause);
    }

    private static Decision signal(Run run) {
        return run.isFinished()
                ? new Refusal("run_finished", "it has ended " + run.status().outcome())
                : new Accepted(run);
    }

    private static Decision delete(Run run) {
        return run.isFinished()
                ? new Removal()
                : new Refusal("run_not_finished", "it is " + run.state() + ": cancel it first");
    }

    private static Transition finish(Run run, Outcome outcome, String cause, Instant now) {
        var times = new Run.Times(run.times().created(), run.times().started(), now, Deadlines.NONE);
        var next = new Run(
                run.id(),
                run.origin(),
                run.policy(),
                run.place().dueAt(null),
                run.status().finished(outcome),
                run.fence().released(),
                run.tries(),
                times);
        return new Transition(next, cause);
    }

    private static Run requeued(Run run, @Nullable Instant due, Run.Tries tries) {
        var deadlines = run.times()
                .deadlines()
                .without(Deadlines.Name.START)
                .without(Deadlines.Name.PROGRESS)
                .without(Deadlines.Name.WAIT);
        // The budget of a compensation is one for all epochs.
        if (!run.status().cancelled()) deadlines = deadlines.without(Deadlines.Name.STOP);
        return new Run(
                run.id(),
                run.origin(),
                run.policy(),
                run.place().dueAt(due),
                run.status().in(QUEUED),
                run.fence().released(),
                tries,
                run.times().with(deadlines));
    }

    private static Deadlines compensation(Deadlines deadlines, Instant now) {
        return deadlines.with(Deadlines.Name.STOP, now.plus(Defaults.COMPENSATION_BUDGET));
    }

    private static boolean budgetLeft(Run run, Instant now) {
        Instant until = run.times().deadlines().byName().get(Deadlines.Name.STOP);
        return until != null && until.isAfter(now);
    }

    /** The deadline has lost its meaning; it goes, so that no sweep meets it again. Not worth a snapshot. */
    private static Decision dropped(Run run, Deadlines.Name name) {
        return new Accepted(with(run, run.status(), run.fence(), without(run, name)));
    }

    private static Run.Times without(Run run, Deadlines.Name name) {
        return run.times().with(run.times().deadlines().without(name));
    }

    private static Run without(Run run) {
        return with(run, run.status(), run.fence(), without(run, Deadlines.Name.MAX_DURATION));
    }

    private static Run with(Run run, Run.Status status, Fence fence, Run.Times times) {
        return new Run(run.id(), run.origin(), run.policy(), run.place(), status, fence, run.tries(), times);
    }

    private static Run with(Run run, Run.Tries tries) {
        return new Run(
                run.id(), run.origin(), run.policy(), run.place(), run.status(), run.fence(), tries, run.times());
    }

    private static Stop stopOf(Run run) {
        Stop stop = run.status().stop();
        if (stop == null) throw new IllegalStateException("run " + run.id() + " is STOPPING for no reason");
        return stop;
    }

    private static Outcome outcomeOf(Next next) {
        return switch (next) {
            case CANCELLED -> Outcome.CANCELLED;
            case TIMED_OUT -> Outcome.TIMED_OUT;
            case QUEUED -> throw new IllegalArgumentException("QUEUED is not an end");
        };
    }

    private static String brief(RunError error) {
        String message = error.message();
        return error.type() + ": " + (message.length() <= 200 ? message : message.substring(0, 199) + "…");
    }
}
