package dev.holdfast.core;

import dev.holdfast.core.Decision.Nothing;
import dev.holdfast.core.Decision.Refusal;
import dev.holdfast.core.Decision.Stale;
import dev.holdfast.core.Decision.Transition;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What happens to a run that waits for its turn. */
final class QueueRules {
    private QueueRules() {}

    static Transition start(Command.Start start, Instant now) {
        var timing = start.timing();
        var debounce = timing.debounce();
        Instant due = due(timing, now);
        var deadlines = expiring(Deadlines.NONE, timing, now);
        Instant at = Moves.after(now, timing.ahead().negated());
        var run = new Run(
                start.id(),
                start.origin(),
                start.policy(),
                new Run.Place(
                        start.queue(), start.lane(), null, at, due, null, debounce == null ? null : debounce.key()),
                Run.Status.FRESH,
                new Fence(0, null, 1),
                Run.Tries.FIRST,
                new Run.Times(now, null, null, deadlines));
        String why = debounce == null ? "delayed" : "debounced";
        return new Transition(run, due == null ? cause(start.origin()) : "start: " + why + " until " + due);
    }

    private static @Nullable Instant due(Command.Timing timing, Instant now) {
        var debounce = timing.debounce();
        Duration delay = debounce == null ? timing.delay() : debounce.quiet();
        return delay.isZero() ? null : Moves.after(now, delay);
    }

    private static Deadlines expiring(Deadlines deadlines, Command.Timing timing, Instant now) {
        Duration ttl = timing.ttl();
        return ttl == null
                ? deadlines.without(Deadlines.Name.TTL)
                : deadlines.with(Deadlines.Name.TTL, Moves.after(now, ttl));
    }

    static Decision postpone(Run run, Command.Timing timing, Instant now) {
        if (run.place().debounce() == null) return new Nothing("it was claimed, has ended, or was never debounced");
        Optional<Deadlines.Name> overdue = run.times().deadlines().due(now);
        if (overdue.isPresent()) return overdue(overdue.get());
        Instant due = due(timing, now);
        var next = run.at(run.place().dueAt(due))
                .moved(
                        run.status(),
                        run.fence().kept(),
                        run.times().with(expiring(run.times().deadlines(), timing, now)));
        return new Transition(next, "debounce: another start, so not before " + due);
    }

    private static String cause(Run.Origin origin) {
        Run.Rerun rerun = origin.rerun();
        if (rerun == null) return "start";
        return "start: rerun of " + rerun.of() + (rerun.from() == null ? "" : " from step " + rerun.from());
    }

    static Decision enqueue(Run run) {
        // A start makes a run claimable at once; the command exists for starts inside a user's own transaction.
        return new Nothing(run.state() == RunState.QUEUED ? "it is claimable already" : "it has left the queue");
    }

    static Decision claim(Run run, Holder holder, Run.Slot slot, Instant now) {
        if (run.state() != RunState.QUEUED) return new Stale("it is " + run.state() + ", not QUEUED");
        Instant due = run.place().due();
        if (due != null && due.isAfter(now)) return new Refusal("not_due", "it is not due before " + due);
        // Every deadline of a queued run ends it. One that has come decides, not whoever is first after it.
        Optional<Deadlines.Name> overdue = run.times().deadlines().due(now);
        if (overdue.isPresent()) return overdue(overdue.get());

        // Code in the node is called at once; a worker or a sandbox says when it has started.
        boolean here = holder.kind() == Holder.Kind.NODE;
        var deadlines = run.times().deadlines().without(Deadlines.Name.TTL);
        if (!here) deadlines = deadlines.with(Deadlines.Name.START, Moves.after(now, Defaults.START_DEADLINE));
        if (run.tries().losses() > 0) {
            deadlines = deadlines.with(Deadlines.Name.HEALTHY, Moves.after(now, Defaults.HEALTHY_AFTER));
        }
        if (run.status().cancelled()) deadlines = Moves.compensating(deadlines, now);
        Instant first = run.times().started();
        Duration limit = run.policy().maxDuration();
        if (first == null && limit != null) {
            deadlines = deadlines.with(Deadlines.Name.MAX_DURATION, Moves.after(now, limit));
        }
        var next = run.at(run.place().entered(slot))
                .moved(
                        run.status().in(here ? RunState.RUNNING : RunState.STARTING),
                        run.fence().handedTo(holder),
                        new Run.Times(run.times().created(), first == null ? now : first, null, deadlines));
        return new Transition(next, "claim: by " + holder);
    }

    private static Refusal overdue(Deadlines.Name deadline) {
        return new Refusal("overdue", "its deadline " + deadline + " has come");
    }

    static Decision unpark(Run run) {
        if (run.state() != RunState.QUEUED || run.status().parked() == null) return new Nothing("it is not parked");
        return new Transition(run.moved(run.status().unparked(), run.fence().kept(), run.times()), "unpark");
    }
}
