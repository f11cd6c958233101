package dev.holdfast.core;

import dev.holdfast.core.Decision.Accepted;
import dev.holdfast.core.Decision.Nothing;
import dev.holdfast.core.Decision.Refusal;
import dev.holdfast.core.Decision.Stale;
import dev.holdfast.core.Decision.Transition;
import dev.holdfast.core.Stop.Next;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What an executor says of its attempt. The fence was checked before: it is the holder who speaks, in its epoch. */
final class AttemptRules {
    private AttemptRules() {}

    static Decision started(Run run) {
        return switch (run.state()) {
            case STARTING ->
                new Transition(
                        run.moved(
                                run.status().in(RunState.RUNNING),
                                run.fence().kept(),
                                Moves.without(run, Deadlines.Name.START)),
                        "started");
            case STOPPING -> new Nothing("it is being stopped");
            default -> new Nothing("it has started already");
        };
    }

    static Decision record(Run run) {
        if (run.state() == RunState.STARTING) return notStarted();
        // A recorded step is progress: whoever dies after it was not killed by what came before it.
        return new Accepted(run.tried(new Run.Tries(run.tries().attempt(), 0, 0)));
    }

    static Decision block(Run run, Waiting on, @Nullable Instant until) {
        if (run.state() == RunState.STOPPING) return new Refusal("stopping", "it is being stopped");
        if (run.state() != RunState.RUNNING) return new Refusal("not_running", "it is " + run.state());
        var deadlines = run.times().deadlines();
        if (until != null) deadlines = deadlines.with(Deadlines.Name.WAIT, until);
        return new Transition(
                run.moved(
                        run.status().blocked(on),
                        run.fence().kept(),
                        run.times().with(deadlines)),
                "block");
    }

    static Decision unblock(Run run) {
        if (run.isFinished()) return new Nothing("it has ended");
        // A completion that meets a run which does not wait (yet, or again): the result is kept for its next block.
        if (run.state() != RunState.BLOCKED) return new Accepted(run);
        var next = run.isHeld() ? RunState.RUNNING : RunState.QUEUED;
        return new Transition(
                run.moved(run.status().in(next), run.fence().kept(), Moves.without(run, Deadlines.Name.WAIT)),
                run.isHeld() ? "unblock" : "unblock: queued again");
    }

    static Decision giveUp(Run run) {
        if (run.state() != RunState.BLOCKED) return new Nothing("it does not wait");
        var times = Moves.without(run, Deadlines.Name.HEALTHY);
        return new Transition(
                run.at(run.place().released()).moved(run.status(), run.fence().released(), times), "give up");
    }

    static Decision succeed(Run run, Instant now) {
        return switch (run.state()) {
            case RUNNING -> succeeded(run, "succeed", now);
            case STOPPING -> {
                Stop stop = Moves.stopOf(run);
                yield stop.next() == Next.QUEUED
                        ? succeeded(run, "succeed: while stopping for " + stop.reason(), now)
                        : Moves.finish(run, stop.next(), "succeed: but it was being stopped for " + stop.reason(), now);
            }
            case STARTING -> notStarted();
            case BLOCKED -> new Refusal("blocked", "it waits");
            case QUEUED, FINISHED -> new Stale("it is " + run.state());
        };
    }

    /** A body that returns normally after Cancelled has compensated; it has not succeeded. */
    private static Decision succeeded(Run run, String cause, Instant now) {
        return run.status().cancelled()
                ? Moves.finish(run, Outcome.CANCELLED, cause + ", but it was cancelled", now)
                : Moves.finish(run, Outcome.SUCCEEDED, cause, now);
    }

    static Decision fail(Run run, RunError error, double dice, Outcome end, Instant now) {
        String what = (end == Outcome.CRASHED ? "crash: " : "fail: ") + brief(error);
        return switch (run.state()) {
            case STARTING, RUNNING, BLOCKED -> retryOrEnd(run, error, dice, end, what, now);
            case STOPPING -> {
                Stop stop = Moves.stopOf(run);
                yield stop.next() == Next.QUEUED
                        ? retryOrEnd(run, error, dice, end, what, now)
                        : Moves.finish(run, stop.next(), what + ", while stopping for " + stop.reason(), now);
            }
            case QUEUED, FINISHED -> new Stale("it is " + run.state());
        };
    }

    private static Decision retryOrEnd(Run run, RunError error, double dice, Outcome end, String what, Instant now) {
        Retry retry = run.policy().retry();
        int attempt = run.tries().attempt();
        if (run.status().cancelled()) return Moves.finish(run, Outcome.CANCELLED, what, now);
        if (!error.retryable()) return Moves.finish(run, end, what + " (final)", now);
        if (attempt >= retry.maxAttempts()) {
            return Moves.finish(run, end, what + " (attempt " + attempt + " of " + retry.maxAttempts() + ")", now);
        }
        Duration delay = retry.delay(attempt, dice);
        var next = Moves.requeued(run, Moves.after(now, delay), new Run.Tries(attempt + 1, 0, 0));
        return new Transition(
                next,
                what + " (retry " + attempt + " of " + (retry.maxAttempts() - 1) + " in " + delay.toMillis() + " ms)");
    }

    static Decision park(Run run, Run.Parked why, Instant now) {
        String cause = "park: step " + why.key() + " was recorded as '" + why.recorded() + "', the code calls '"
                + why.called() + "'";
        if (run.state() != RunState.RUNNING && run.state() != RunState.STOPPING) {
            return new Refusal("not_running", "it is " + run.state());
        }
        // What is to end, ends: code that does not fit can neither compensate nor go on.
        if (run.status().cancelled())
            return Moves.cutOff(run, Outcome.CANCELLED, cause + ", and it was cancelled", now);
        Stop stop = run.status().stop();
        if (stop != null && stop.next() != Next.QUEUED) return Moves.cutOff(run, stop.next(), cause, now);
        var back = Moves.requeued(run, null, run.tries());
        return new Transition(
                back.moved(back.status().parkedFor(why.after(run.status().parked())), back.fence(), back.times()),
                cause);
    }

    private static Refusal notStarted() {
        return new Refusal("not_started", "the executor has not said that it started");
    }

    private static String brief(RunError error) {
        return error.type() + ": " + Text.cut(error.message(), 200);
    }
}
