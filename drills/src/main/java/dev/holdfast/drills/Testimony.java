package dev.holdfast.drills;

import dev.holdfast.drills.Diary.Entry;
import dev.holdfast.drills.RunAccount.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Compares what was recorded with what user code wrote down itself: every run has succeeded; each step that is recorded was
 * done in that epoch, and not again after it was recorded; the run has ended with the results of just these steps; in each
 * epoch one process executed, and ended no step twice; and no epoch began anything when a later one had begun. What they wrote
 * down are whole lines, but for the last one of a process that was killed.
 */
final class Testimony {
    private static final JsonMapper JSON = new JsonMapper();

    private final Evidence evidence;
    private final List<Freeze> frozen;
    private final List<String> violations = new ArrayList<>();

    /**
     * @param frozen processes that were stopped in the middle of anything, which nobody can keep from the next statement when
     *     they go on: what each attempt that others have gone on with meanwhile says first then, and that it ends what it was at
     */
    Testimony(Evidence evidence, List<Freeze> frozen) {
        this.evidence = evidence;
        this.frozen = List.copyOf(frozen);
    }

    List<String> violations() {
        violations.addAll(evidence.diary().broken(evidence.killed()));
        Map<String, List<Entry>> diary = evidence.diary().byRun();
        evidence.runs().values().forEach(run -> {
            List<Entry> entries = diary.getOrDefault(run.id(), List.of());
            run.steps().forEach(step -> checkStep(run.id(), step, entries));
            if (run.isFinished()) checkResults(run, entries);
            checkEpochs(run.id(), entries);
        });
        return List.copyOf(violations);
    }

    private void checkStep(String run, Step step, List<Entry> entries) {
        if (entries.stream().noneMatch(e -> e.ends() && isOf(e, step) && e.epoch() == step.epoch())) {
            broken(run, "step " + step.key() + " is recorded in epoch " + step.epoch() + ", where it was not done");
        }
        entries.stream()
                .filter(e -> e.begins() && isOf(e, step) && e.epoch() > step.epoch())
                .findFirst()
                .ifPresent(e -> broken(
                        run,
                        "step " + step.key() + " was recorded in epoch " + step.epoch() + " and done again in epoch "
                                + e.epoch()));
    }

    private static boolean isOf(Entry entry, Step step) {
        return step.key().equals(Integer.toString(entry.beat()));
    }

    private void checkResults(RunAccount run, List<Entry> entries) {
        if (!"SUCCEEDED".equals(run.outcome())) {
            broken(run.id(), "it ended " + run.outcome() + ", and nothing was wrong with its code");
            return;
        }
        int all = evidence.diary().beats();
        if (run.steps().size() != all) {
            broken(run.id(), "it has ended, and " + run.steps().size() + " of its " + all + " steps are recorded");
        }
        JsonNode beats =
                JSON.readTree(run.output() == null ? "{}" : run.output()).path("beats");
        if (beats.size() != all) broken(run.id(), "it has " + beats.size() + " results of " + all + " steps");
        for (int i = 0; i < Math.min(beats.size(), run.steps().size()); i++) {
            checkResult(run.id(), run.steps().get(i), beats.get(i), entries);
        }
    }

    private void checkResult(String run, Step step, JsonNode result, List<Entry> entries) {
        long epoch = result.path("epoch").asLong(0);
        long pid = result.path("pid").asLong(0);
        boolean done =
                entries.stream().anyMatch(e -> e.ends() && isOf(e, step) && e.epoch() == epoch && e.pid() == pid);
        if (epoch != step.epoch() || !done) {
            broken(
                    run,
                    "step " + step.key() + " is recorded in epoch " + step.epoch()
                            + ", and the run has ended with a result" + " of epoch " + epoch + " and pid " + pid);
        }
    }

    private void checkEpochs(String run, List<Entry> entries) {
        var executors = new HashMap<Long, Long>();
        var first = new TreeMap<Long, Long>();
        var ended = new HashSet<String>();
        for (Entry e : entries) {
            first.merge(e.epoch(), e.micros(), Math::min);
            Long other = executors.putIfAbsent(e.epoch(), e.pid());
            if (other != null && other != e.pid()) {
                broken(run, "epoch " + e.epoch() + " was executed by the processes " + other + " and " + e.pid());
            }
            if (e.ends() && !ended.add(e.beat() + " " + e.epoch())) {
                broken(run, "step " + e.beat() + " ended twice in epoch " + e.epoch());
            }
        }
        var woken = new HashSet<Long>();
        for (Entry e : entries) {
            var later = first.tailMap(e.epoch(), false);
            if (later.values().stream().noneMatch(at -> e.micros() > at)) continue;
            boolean next = woken.add(e.epoch());
            if (isOfFrozen(e, later.values()) && (next || !e.begins())) continue;
            later.forEach((epoch, at) -> {
                if (e.micros() > at) overlap(run, e, epoch, e.micros() - at);
            });
        }
    }

    /** Whether it is said by a process that goes on, of a run with which others have begun while it was stopped. */
    private boolean isOfFrozen(Entry e, Iterable<Long> others) {
        for (Freeze freeze : frozen) {
            if (e.pid() != freeze.pid() || e.micros() < freeze.wentOn()) continue;
            for (long at : others) if (freeze.isDuring(at)) return true;
        }
        return false;
    }

    private void overlap(String run, Entry e, long epoch, long micros) {
        broken(
                run,
                "epochs overlap: step " + e.beat() + " of epoch " + e.epoch() + " " + e.word() + " " + micros
                        + " µs after epoch " + epoch + " had begun");
    }

    private void broken(String run, String what) {
        violations.add(run + ": " + what);
    }
}
