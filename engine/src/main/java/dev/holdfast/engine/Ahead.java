package dev.holdfast.engine;

import dev.holdfast.core.Command;
import dev.holdfast.core.Deadlines;
import dev.holdfast.core.Decision;
import dev.holdfast.core.Rules;
import dev.holdfast.core.Run;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Stop;
import dev.holdfast.core.Wait;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What time alone will do to a run, if nothing comes before. A deadline does what the rule decides that will meet it; so
 * this asks the rule.
 *
 * @param at when
 * @param what follows "at …" in a sentence
 */
record Ahead(Instant at, String what) {

    /**
     * The first that shows: a deadline that only makes the run forget something is passed over.
     *
     * @param pending its steps that are pending
     */
    static Optional<Ahead> of(Run run, List<StepRecord> pending) {
        return run.times().deadlines().byName().entrySet().stream()
                // Of two at the same instant, the one that is declared first: so does whoever settles them.
                .sorted(Map.Entry.<Deadlines.Name, Instant>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .flatMap(deadline -> of(run, deadline, pending).stream())
                .findFirst();
    }

    private static Optional<Ahead> of(Run run, Map.Entry<Deadlines.Name, Instant> deadline, List<StepRecord> pending) {
        Instant at = deadline.getValue();
        Deadlines.Name name = deadline.getKey();
        if (!(Rules.decide(run, new Command.DeadlineCame(name), at) instanceof Decision.Transition come)) {
            return Optional.empty();
        }
        String what = name == Deadlines.Name.WAIT
                ? waited(run, pending, at)
                : becomes(come.next()) + " (deadline " + name + ")";
        return Optional.of(new Ahead(at, what));
    }

    /**
     * The same of a run whose code executes: it may rest between two tries of a step, or wait while the body of another
     * one is busy.
     */
    static Optional<Ahead> ofExecuting(Run run, List<StepRecord> pending, Instant now) {
        Optional<Ahead> deadline = of(run, pending);
        // What an earlier epoch was waiting for, the code has to reach again first.
        var reached =
                pending.stream().filter(s -> s.epoch() == run.fence().epoch()).toList();
        return reached.stream()
                .map(StepRecord::next)
                .filter(Objects::nonNull)
                .filter(at -> at.isAfter(now))
                .min(Comparator.naturalOrder())
                .filter(at -> deadline.isEmpty() || at.isBefore(deadline.get().at()))
                .map(at -> new Ahead(at, comes(reached, at, now)))
                .or(() -> deadline);
    }

    /** What becomes of a run that becomes this one. */
    static String becomes(Run next) {
        return switch (next.state()) {
            case FINISHED -> "it ends " + next.status().outcome();
            case QUEUED -> "it is queued again";
            case STOPPING -> {
                Stop stop = next.status().stop();
                yield stop == null || stop.next() == Stop.Next.QUEUED
                        ? "it is stopped, to be queued again"
                        : "it is stopped, to end " + stop.next();
            }
            case STARTING, RUNNING, BLOCKED -> "it goes on";
        };
    }

    /** The time of a wait comes: whatever is over by then is, and the run goes on. */
    private static String waited(Run run, List<StepRecord> pending, Instant at) {
        String what = comes(pending, at, Instant.MIN);
        return (what.isEmpty() ? "" : what + ", and ") + (run.isHeld() ? "it goes on" : "it is queued again");
    }

    private static String comes(List<StepRecord> pending, Instant at, Instant after) {
        return pending.stream()
                .filter(step -> isBetween(step.next(), after, at))
                .map(Ahead::comes)
                .collect(Collectors.joining(", and "));
    }

    private static boolean isBetween(@Nullable Instant time, Instant after, Instant at) {
        return time != null && time.isAfter(after) && !time.isAfter(at);
    }

    private static String comes(StepRecord step) {
        String named = "step " + step.key() + " '" + step.name() + "'";
        return switch (step.awaits()) {
            case Wait.Turn turn -> "try " + (step.tries() + 1) + " of " + named + " is due";
            case Wait.Time time -> named + " is over";
            case null, default -> named + " times out";
        };
    }
}
