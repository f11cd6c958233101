package dev.holdfast.drills;

import dev.holdfast.drills.Diary.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Compares what was recorded with what user code wrote down itself: every run has succeeded; what is recorded of a step was
 * done, in that epoch, by that process; no step was done again after it was recorded; in each epoch one process executed; and
 * no epoch began anything when a later one had begun.
 */
final class Testimony {
    private static final JsonMapper JSON = new JsonMapper();

    private final Evidence evidence;
    private final Set<Long> frozen;
    private final List<String> violations = new ArrayList<>();

    /**
     * @param frozen processes that were stopped in the middle of anything, which nobody can keep from the next statement when
     *     they go on: what each attempt of theirs says first then, and that it ends what it was at
     */
    Testimony(Evidence evidence, Set<Long> frozen) {
        this.evidence = evidence;
        this.frozen = Set.copyOf(frozen);
    }

    List<String> violations() {
        Map<String, List<Entry>> diary = evidence.diary().byRun();
        evidence.runs().values().forEach(run -> {
            List<Entry> entries = diary.getOrDefault(run.id(), List.of());
            if (run.isFinished()) checkRecorded(run, entries);
            checkEpochs(run.id(), entries);
        });
        return List.copyOf(violations);
    }

    private void checkRecorded(RunAccount run, List<Entry> entries) {
        if (!"SUCCEEDED".equals(run.outcome())) {
            broken(run.id(), "it ended " + run.outcome() + ", and nothing was wrong with its code");
            return;
        }
        JsonNode beats =
                JSON.readTree(run.output() == null ? "{}" : run.output()).path("beats");
        if (beats.size() != evidence.diary().beats()) {
            broken(
                    run.id(),
                    "it has " + beats.size() + " results of " + evidence.diary().beats() + " steps");
        }
        for (int i = 0; i < beats.size(); i++) checkBeat(run.id(), i + 1, beats.get(i), entries);
    }

    private void checkBeat(String run, int beat, JsonNode recorded, List<Entry> entries) {
        long epoch = recorded.path("epoch").asLong(0);
        long pid = recorded.path("pid").asLong(0);
        boolean done =
                entries.stream().anyMatch(e -> e.ends() && e.beat() == beat && e.epoch() == epoch && e.pid() == pid);
        if (!done) {
            broken(
                    run,
                    "step " + beat + " is recorded for epoch " + epoch + " and pid " + pid + ", where it was not done");
        }
        entries.stream()
                .filter(e -> e.begins() && e.beat() == beat && e.epoch() > epoch)
                .findFirst()
                .ifPresent(e -> broken(
                        run,
                        "step " + beat + " was recorded in epoch " + epoch + " and done again in epoch " + e.epoch()));
    }

    private void checkEpochs(String run, List<Entry> entries) {
        var executors = new HashMap<Long, Long>();
        var first = new HashMap<Long, Long>();
        for (Entry e : entries) {
            first.merge(e.epoch(), e.micros(), Math::min);
            Long other = executors.putIfAbsent(e.epoch(), e.pid());
            if (other != null && other != e.pid()) {
                broken(run, "epoch " + e.epoch() + " was executed by the processes " + other + " and " + e.pid());
            }
        }
        var woken = new HashSet<Long>();
        for (Entry e : entries) {
            var since = new TreeMap<Long, Long>();
            first.forEach((epoch, at) -> {
                if (epoch > e.epoch() && e.micros() > at) since.put(epoch, e.micros() - at);
            });
            if (since.isEmpty()) continue;
            boolean next = woken.add(e.epoch());
            if (frozen.contains(e.pid()) && (next || !e.begins())) continue;
            since.forEach((epoch, micros) -> broken(
                    run,
                    "epochs overlap: step " + e.beat() + " of epoch " + e.epoch() + " " + e.word() + " " + micros
                            + " µs after epoch " + epoch + " had begun"));
        }
    }

    private void broken(String run, String what) {
        violations.add(run + ": " + what);
    }
}
