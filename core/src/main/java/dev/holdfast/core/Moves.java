package dev.holdfast.core;

import dev.holdfast.core.Decision.Accepted;
import dev.holdfast.core.Decision.Transition;
import dev.holdfast.core.Stop.Next;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The moves that several rules make: back to the queue, into STOPPING, to the end. Whether to move is theirs to say. */
final class Moves {
    private Moves() {}

    /** To the end. Whoever held the run is stale from here on; it keeps no slot and no deadline. */
    static Transition finish(Run run, Outcome outcome, String cause, Instant now) {
        var times = new Run.Times(run.times().created(), run.times().started(), now, Deadlines.NONE);
        return new Transition(
                run.at(run.place().left())
                        .moved(run.status().finished(outcome), run.fence().released(), times),
                cause);
    }

    /**
     * To the end, while its code may still execute. Code in a node cannot be removed: the run keeps its slots until that
     * has left, so that nobody starts beside it.
     */
    static Transition cutOff(Run run, Outcome outcome, String cause, Instant now) {
        Holder holder = run.fence().holder();
        Transition end = finish(run, outcome, cause, now);
        if (holder == null || holder.kind() != Holder.Kind.NODE) return end;
        return new Transition(end.next().at(run.place().lingering(holder)), cause);
    }

    static Transition cutOff(Run run, Next end, String cause, Instant now) {
        return cutOff(run, outcomeOf(end), cause, now);
    }

    /** To where a stop leads, if that is an end. */
    static Transition finish(Run run, Next end, String cause, Instant now) {
        return finish(run, outcomeOf(end), cause, now);
    }

    /** To the queue, at its old place. What was about this attempt goes; what is about the run stays. */
    static Run requeued(Run run, @Nullable Instant due, Run.Tries tries) {
        var deadlines = run.times()
                .deadlines()
                .without(Deadlines.Name.START)
                .without(Deadlines.Name.PROGRESS)
                .without(Deadlines.Name.HEALTHY)
                .without(Deadlines.Name.WAIT)
                .without(Deadlines.Name.STOP);
        return run.at(run.place().released().dueAt(due))
                .tried(tries)
                .moved(
                        run.status().in(RunState.QUEUED),
                        run.fence().released(),
                        run.times().with(deadlines));
    }

    /** Into STOPPING. The executor stays the holder until it has stopped, is lost, or its time is up. */
    static Transition stopping(Run run, Stop asked, String cause, Instant now) {
        // Who has the cancel mark ends CANCELLED, whatever else it is stopped for.
        boolean toEnd = asked.next() != Next.QUEUED;
        var why = run.status().cancelled() && toEnd ? new Stop(asked.reason(), Next.CANCELLED) : asked;
        var deadlines = run.times()
                .deadlines()
                .without(Deadlines.Name.START)
                .without(Deadlines.Name.PROGRESS)
                .without(Deadlines.Name.HEALTHY)
                .without(Deadlines.Name.WAIT);
        if (toEnd) deadlines = deadlines.without(Deadlines.Name.MAX_DURATION);
        Duration grace = Defaults.STOP_GRACE;
        if (why.next() == Next.CANCELLED) {
            deadlines = compensating(deadlines, now);
            grace = Defaults.COMPENSATION_BUDGET;
        }
        deadlines = deadlines.with(Deadlines.Name.STOP, after(now, grace));
        return new Transition(
                run.moved(
                        run.status().stopping(why),
                        run.fence().kept(),
                        run.times().with(deadlines)),
                cause);
    }

    /** The deadlines of a run that is to end CANCELLED: only the budget of its compensation bounds it. */
    static Deadlines bounded(Deadlines deadlines) {
        return deadlines.without(Deadlines.Name.MAX_DURATION).without(Deadlines.Name.TTL);
    }

    /** The same while somebody executes it. The budget is one for all epochs: it begins once. */
    static Deadlines compensating(Deadlines deadlines, Instant now) {
        var rest = bounded(deadlines);
        return rest.byName().containsKey(Deadlines.Name.COMPENSATION)
                ? rest
                : rest.with(Deadlines.Name.COMPENSATION, after(now, Defaults.COMPENSATION_BUDGET));
    }

    static boolean budgetLeft(Run run, Instant now) {
        Instant until = run.times().deadlines().byName().get(Deadlines.Name.COMPENSATION);
        return until != null && until.isAfter(now);
    }

    /** The deadline has lost its meaning; it goes, so that no sweep meets it again. Not worth a snapshot. */
    static Decision dropped(Run run, Deadlines.Name name) {
        return new Accepted(run.moved(run.status(), run.fence(), without(run, name)));
    }

    static Run.Times without(Run run, Deadlines.Name name) {
        return run.times().with(run.times().deadlines().without(name));
    }

    static Stop stopOf(Run run) {
        Stop stop = run.status().stop();
        if (stop == null) throw new IllegalStateException("run " + run.id() + " is STOPPING for no reason");
        return stop;
    }

    /** Nobody's clock reaches further than {@link Defaults#LONGEST}; no duration that a user can write overflows. */
    static Instant after(Instant now, Duration time) {
        if (time.compareTo(Defaults.LONGEST) > 0) return now.plus(Defaults.LONGEST);
        if (time.negated().compareTo(Defaults.LONGEST) > 0) return now.minus(Defaults.LONGEST);
        return now.plus(time);
    }

    private static Outcome outcomeOf(Next next) {
        return switch (next) {
            case CANCELLED -> Outcome.CANCELLED;
            case TIMED_OUT -> Outcome.TIMED_OUT;
            case QUEUED -> throw new IllegalArgumentException("QUEUED is not an end");
        };
    }
}
