package dev.holdfast.testkit.world;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * A rerun from a step has what its run had recorded before that step, all of it if that had ended before, and nothing
 * else; in its first attempt none of that is executed or recorded again.
 */
final class RerunCheck {
    private final List<String> found = new ArrayList<>();
    private final Map<RunId, String> inputs = new HashMap<>();
    /** What each run has now, and all that it ever had. */
    private final Map<RunId, Map<StepKey, StepRecord>> newest = new HashMap<>();

    private final Map<RunId, List<StepRecord>> ever = new HashMap<>();
    private final Map<RunId, Set<StepKey>> copied = new HashMap<>();
    /** How many reruns of each were asked for that have not begun. */
    private final Map<RunId, Integer> asked = new HashMap<>();

    private final Map<RunId, Map<Long, Integer>> attempts = new HashMap<>();
    private final Set<RunId> ended = new HashSet<>();
    /** Of which runs something was asked before their end: what they had at the time of a rerun is not known. */
    private final Set<RunId> askedEarly = new HashSet<>();

    private RerunCheck() {}

    static List<String> violations(List<Event> events) {
        var check = new RerunCheck();
        for (Event event : events) {
            switch (event) {
                case Event.Began began -> check.began(began);
                case Event.Claimed claimed -> check.claimed(claimed.run());
                case Event.Recorded recorded -> check.recorded(recorded);
                case Event.Executed executed -> check.executed(executed);
                case Event.Ended end -> check.ended.add(end.run().id());
                case Event.Undone undone -> undone.steps().forEach(check.steps(undone.run())::remove);
                case Event.Asks asks -> check.asks(asks.about());
                default -> {}
            }
        }
        return check.found;
    }

    private void asks(RunId of) {
        asked.merge(of, 1, Integer::sum);
        if (!ended.contains(of)) askedEarly.add(of);
    }

    private void began(Event.Began began) {
        Run run = began.run();
        inputs.put(run.id(), began.input());
        for (StepRecord step : began.steps()) note(run.id(), step);
        Run.Rerun rerun = run.origin().rerun();
        if (rerun == null) return;
        if (asked.merge(rerun.of(), -1, Integer::sum) < 0) {
            found.add(run.id() + ": it does again what " + rerun.of() + " has done, and nobody has asked for that");
        }
        var keys = new HashSet<StepKey>();
        for (StepRecord step : began.steps()) keys.add(step.key());
        copied.put(run.id(), keys);
        if (!began.input().equals(inputs.get(rerun.of()))) {
            found.add(run.id() + ": its input is " + began.input() + ", that of " + rerun.of() + " is "
                    + inputs.get(rerun.of()));
        }
        for (StepRecord step : began.steps()) {
            boolean isBefore = rerun.from() != null && step.key().compareTo(rerun.from()) < 0;
            boolean wasThere = ever.getOrDefault(rerun.of(), List.of()).stream().anyMatch(old -> isSame(old, step));
            if (!isBefore || !(wasThere || isItsRandom(rerun.of(), step))) {
                found.add(run.id() + ": it begins at " + rerun.from() + " of " + rerun.of() + " and has " + step);
            }
        }
        if (!keys.isEmpty() && !keys.contains(StepKey.RANDOM)) {
            found.add(run.id() + ": it has steps of " + rerun.of() + " and not its random numbers");
        }
        complete(run.id(), rerun, keys);
    }

    /** What was recorded came from the random numbers of the run that has recorded it. */
    private boolean isItsRandom(RunId old, StepRecord step) {
        boolean hasAnothers = steps(old).containsKey(StepKey.RANDOM);
        return step.key().equals(StepKey.RANDOM) && !hasAnothers && ('"' + old.toString() + '"').equals(step.result());
    }

    private void complete(RunId run, Run.Rerun rerun, Set<StepKey> has) {
        StepKey from = rerun.from();
        if (from == null || !ended.contains(rerun.of()) || askedEarly.contains(rerun.of())) return;
        steps(rerun.of()).forEach((key, step) -> {
            boolean isMissing = key.compareTo(from) < 0 && !has.contains(key);
            if (isMissing) found.add(run + ": it begins at " + from + " of " + rerun.of() + " and lacks " + step);
        });
    }

    private Map<StepKey, StepRecord> steps(RunId run) {
        return newest.computeIfAbsent(run, r -> new TreeMap<>());
    }

    private void note(RunId run, StepRecord step) {
        steps(run).put(step.key(), step);
        ever.computeIfAbsent(run, r -> new ArrayList<>()).add(step);
    }

    private static boolean isSame(StepRecord one, StepRecord other) {
        return one.key().equals(other.key())
                && one.name().equals(other.name())
                && one.status() == other.status()
                && Objects.equals(one.result(), other.result())
                && Objects.equals(one.error(), other.error());
    }

    private void claimed(Run run) {
        attempts.computeIfAbsent(run.id(), r -> new HashMap<>())
                .put(run.fence().epoch(), run.tries().attempt());
    }

    private void recorded(Event.Recorded event) {
        boolean isFirst = isFirst(event.run(), event.step().epoch());
        if (isFirst && has(event.run(), event.step().key())) {
            found.add(event.run() + ": it was begun with step " + event.step().key() + ", and records " + event.step());
        }
        note(event.run(), event.step());
    }

    private void executed(Event.Executed event) {
        if (isFirst(event.run(), event.epoch()) && has(event.run(), event.key())) {
            found.add(event.run() + ": it was begun with step " + event.key() + ", and executes it");
        }
    }

    private boolean has(RunId run, StepKey key) {
        return copied.getOrDefault(run, Set.of()).contains(key);
    }

    /** Whether this epoch is of its first attempt: a later one does again what the failure of one before has undone. */
    private boolean isFirst(RunId run, long epoch) {
        Integer attempt = attempts.getOrDefault(run, Map.of()).get(epoch);
        return attempt != null && attempt == 1;
    }
}
