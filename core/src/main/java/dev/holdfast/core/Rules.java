package dev.holdfast.core;

import dev.holdfast.core.Decision.Nothing;
import dev.holdfast.core.Decision.Refusal;
import dev.holdfast.core.Decision.Stale;
import dev.holdfast.core.Decision.Transition;
import java.time.Instant;

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
 * <p>Two things keep zombies out. The fence: a command of an executor names (epoch, holder), and the epoch grows with
 * every hand-over and every release. And the order: whoever carries a decision out commits it only if the row still has
 * the fence that was decided on.
 *
 * <p>This class only says who answers: {@link QueueRules} for a run that waits for its turn, {@link AttemptRules} for
 * one that executes, {@link StopRules} for one that is to end or to pause, {@link LossRules} for one whose holder is
 * gone, {@link DeadlineRules} for one whose time has come. {@link Moves} are the moves that they share.
 */
public final class Rules {
    private Rules() {}

    /** A new run. */
    public static Transition start(Command.Start start, Instant now) {
        return QueueRules.start(start, now);
    }

    /** What this command does to this run. Never null; never throws for any pair. */
    public static Decision decide(Run run, Command command, Instant now) {
        if (command instanceof Command.OfHolder mine && !run.fence().admits(mine.by())) return stale(run, mine.by());
        return switch (command) {
            case Command.Start c -> new Refusal("run_exists", "a run with this id exists");
            case Command.Enqueue c -> QueueRules.enqueue(run);
            case Command.Claim c -> QueueRules.claim(run, c.holder(), c.slot(), now);
            case Command.Postpone c -> QueueRules.postpone(run, c.timing(), now);
            case Command.Unpark c -> QueueRules.unpark(run);
            case Command.Started c -> AttemptRules.started(run);
            case Command.RecordStep c -> AttemptRules.record(run);
            case Command.Block c -> AttemptRules.block(run, c.on(), c.until());
            case Command.Unblock c -> AttemptRules.unblock(run);
            case Command.GiveUp c -> AttemptRules.giveUp(run);
            case Command.Succeed c -> AttemptRules.succeed(run, now);
            case Command.Fail c -> AttemptRules.fail(run, c.error(), c.dice(), Outcome.FAILED, now);
            case Command.Crash c -> AttemptRules.fail(run, c.error(), c.dice(), Outcome.CRASHED, now);
            case Command.Park c -> AttemptRules.park(run, c.why(), now);
            case Command.Lost c -> LossRules.lost(run, c, now);
            case Command.Adopt c -> LossRules.adopt(run, c.holder());
            case Command.Cancel c -> StopRules.cancel(run, c, now);
            case Command.StopIt c -> StopRules.stop(run, c.why(), now);
            case Command.Stopped c -> StopRules.stopped(run, c.compensated(), now);
            case Command.Expire c -> DeadlineRules.came(run, Deadlines.Name.TTL, now);
            case Command.DeadlineCame c -> DeadlineRules.came(run, c.name(), now);
            case Command.Signal c ->
                run.isFinished()
                        ? new Refusal(
                                "run_finished", "it has ended " + run.status().outcome())
                        : new Decision.Accepted(run);
            case Command.Rerun c -> new Nothing("a rerun makes a new run and leaves this one as it is");
            case Command.Left c -> StopRules.left(run, c.node());
            case Command.Delete c -> StopRules.delete(run);
            case Command.Finalise c ->
                new Nothing(run.isFinished() ? "nothing is left to do" : "the run has not ended");
            case Command.Pause c -> new Nothing("a pause stops claims from the queue, not runs");
            case Command.Resume c -> new Nothing("a resume allows claims from the queue");
        };
    }

    private static Stale stale(Run run, Fence.By by) {
        var fence = run.fence();
        String holder = fence.holder() == null ? "held by nobody" : "held by " + fence.holder();
        return new Stale("run is at epoch " + fence.epoch() + ", " + holder + ", not at epoch " + by.epoch() + " of "
                + by.holder());
    }
}
