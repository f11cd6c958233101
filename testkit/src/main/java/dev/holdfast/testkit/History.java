package dev.holdfast.testkit;

import dev.holdfast.core.Outcome;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.engine.port.RunView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that was seen while a test ran: views of runs, what watchers had on their screens, and what clients were
 * told. In the end {@link #violations} says what cannot be true together. Any thread may record.
 *
 * <pre>{@code
 * var history = new History();
 * history.started(id, "orders/17");          // a client was told that its run is durable
 * history.seen(ledger.reads().view(ns, id)); // as often as one likes
 * history.ended(id, Outcome.SUCCEEDED);      // a client was told the outcome
 * history.watched(id, "early", text);        // what a watcher's fold was in the end
 * history.text(id, text);                    // what the stream of the run is
 * assertThat(history.violations()).isEmpty();
 * }</pre>
 */
public final class History {
    private final Map<RunId, List<RunView>> views = new LinkedHashMap<>();
    private final Map<RunId, String> keys = new LinkedHashMap<>();
    private final Map<RunId, List<Outcome>> told = new LinkedHashMap<>();
    private final Map<RunId, Map<StepKey, String>> recorded = new LinkedHashMap<>();
    private final Map<RunId, Map<String, String>> watchers = new LinkedHashMap<>();
    private final Map<RunId, String> texts = new HashMap<>();
    private final Map<RunId, Long> newestWriter = new HashMap<>();
    private final Set<RunId> deleted = new HashSet<>();
    private final List<String> late = new ArrayList<>();
    private boolean over;

    /** A client was told that its run is durable. */
    public void started(RunId run) {
        started(run, "");
    }

    /**
     * A client was told that its run is durable.
     *
     * @param key of at most one run of those that are recorded, with its namespace and task; empty for none
     */
    public synchronized void started(RunId run, String key) {
        keys.put(run, key);
    }

    /** Somebody was told how a run has ended. */
    public synchronized void ended(RunId run, Outcome outcome) {
        told.computeIfAbsent(run, r -> new ArrayList<>()).add(outcome);
    }

    /** An executor was told that its step is recorded. */
    public synchronized void recorded(RunId run, StepKey key, String result) {
        recorded.computeIfAbsent(run, r -> new TreeMap<>()).put(key, result);
    }

    /** A run was read. Views of one run are recorded in the order in which they were read. */
    public synchronized void seen(RunView view) {
        views.computeIfAbsent(view.run().id(), r -> new ArrayList<>()).add(view);
    }

    /**
     * Something was written down in the name of an epoch: a row, a step, chunks. Recorded in the order in which they were
     * written.
     */
    public synchronized void wrote(RunId run, long epoch) {
        Long newest = newestWriter.merge(run, epoch, Math::max);
        if (epoch < newest) late.add(run + ": epoch " + epoch + " wrote after epoch " + newest + " had written");
    }

    /** The run was deleted: nothing of it is missed from now on. */
    public synchronized void deleted(RunId run) {
        deleted.add(run);
    }

    /** Everything had the time that it needs: what has not ended by now never ends. */
    public synchronized void over() {
        over = true;
    }

    /** What a watcher had in the end. */
    public synchronized void watched(RunId run, String watcher, String text) {
        watchers.computeIfAbsent(run, r -> new TreeMap<>()).put(watcher, text);
    }

    /** What the run's stream says in the end. */
    public synchronized void text(RunId run, String text) {
        texts.put(run, text);
    }

    /** The runs that were seen. */
    public synchronized Set<RunId> runs() {
        return Set.copyOf(views.keySet());
    }

    /** What cannot be true together, as sentences; empty if all is well. */
    public synchronized List<String> violations() {
        var found = new ArrayList<>(late);
        views.forEach((run, seen) -> {
            for (RunView view : seen) checkOne(view, found);
            for (int i = 1; i < seen.size(); i++) checkPair(seen.get(i - 1), seen.get(i), found);
        });
        checkTold(found);
        checkKeys(found);
        checkWatchers(found);
        if (over) checkEnds(found);
        return List.copyOf(found);
    }

    private static void checkOne(RunView view, List<String> found) {
        Run run = view.run();
        List<Snapshot> snapshots = view.snapshots();
        if (snapshots.isEmpty() || snapshots.getLast().seq() != run.fence().seq()) {
            found.add(run.id() + ": its row is at seq " + run.fence().seq() + ", its newest snapshot is not");
        }
        int ends = 0;
        for (int i = 0; i < snapshots.size(); i++) {
            Snapshot snapshot = snapshots.get(i);
            if (snapshot.outcome() != null) ends++;
            if (i == 0) continue;
            Snapshot before = snapshots.get(i - 1);
            if (snapshot.seq() != before.seq() + 1) {
                found.add(run.id() + ": snapshot " + snapshot.seq() + " follows " + before.seq());
            }
            if (snapshot.epoch() < before.epoch()) {
                found.add(run.id() + ": the epoch went from " + before.epoch() + " back to " + snapshot.epoch()
                        + " at seq " + snapshot.seq());
            }
            if (snapshot.attempt() < before.attempt()) {
                found.add(run.id() + ": the attempt went from " + before.attempt() + " back to " + snapshot.attempt()
                        + " at seq " + snapshot.seq());
            }
            if (before.outcome() != null) {
                found.add(run.id() + ": snapshot " + snapshot.seq() + " comes after the end at " + before.seq());
            }
        }
        if (ends > 1) found.add(run.id() + ": it has ended " + ends + " times");
        if (run.isFinished() != (run.status().outcome() != null)) {
            found.add(run.id() + ": it is " + run.state() + " with outcome "
                    + run.status().outcome());
        }
        var keys = new HashMap<StepKey, StepRecord>();
        for (StepRecord step : view.steps()) {
            if (keys.put(step.key(), step) != null) {
                found.add(run.id() + ": step " + step.key() + " is recorded twice");
            }
            if (step.epoch() > run.fence().epoch()) {
                found.add(run.id() + ": step " + step.key() + " was recorded in epoch " + step.epoch()
                        + ", the run is at epoch " + run.fence().epoch());
            }
        }
    }

    private static void checkPair(RunView earlier, RunView later, List<String> found) {
        RunId run = later.run().id();
        if (later.run().fence().epoch() < earlier.run().fence().epoch()) {
            found.add(run + ": the epoch went from " + earlier.run().fence().epoch() + " back to "
                    + later.run().fence().epoch());
        }
        if (later.run().fence().seq() < earlier.run().fence().seq()) {
            found.add(run + ": the seq went from " + earlier.run().fence().seq() + " back to "
                    + later.run().fence().seq());
        }
        Outcome end = earlier.run().status().outcome();
        if (end != null && end != later.run().status().outcome()) {
            found.add(run + ": it had ended " + end + " and then "
                    + later.run().status().outcome());
        }
        checkSnapshotsStand(earlier, later, found);
        checkEpochsDoNotOverlap(earlier, later, found);
    }

    private static void checkSnapshotsStand(RunView earlier, RunView later, List<String> found) {
        var bySeq = new HashMap<Long, Snapshot>();
        for (Snapshot snapshot : later.snapshots()) bySeq.put(snapshot.seq(), snapshot);
        for (Snapshot before : earlier.snapshots()) {
            Snapshot now = bySeq.get(before.seq());
            if (now != null && !now.equals(before)) {
                found.add(later.run().id() + ": snapshot " + before.seq() + " was " + before + " and is " + now);
            }
        }
    }

    /** What an epoch has recorded can only be joined by later ones, once a later one has recorded something. */
    private static void checkEpochsDoNotOverlap(RunView earlier, RunView later, List<String> found) {
        RunId run = later.run().id();
        var before = new HashMap<StepKey, StepRecord>();
        long newest = earlier.run().fence().epoch();
        for (StepRecord step : earlier.steps()) before.put(step.key(), step);
        for (StepRecord step : later.steps()) {
            StepRecord present = before.get(step.key());
            boolean sameAttempt =
                    earlier.run().tries().attempt() == later.run().tries().attempt();
            if (present == null) {
                if (step.epoch() < newest) {
                    found.add(run + ": epoch " + step.epoch() + " recorded step " + step.key()
                            + " when the run was at epoch " + newest);
                }
            } else if (present.isFinal() && sameAttempt && !present.equals(step)) {
                found.add(run + ": step " + step.key() + " was recorded as " + present + " and is " + step);
            }
        }
    }

    private void checkTold(List<String> found) {
        keys.keySet().forEach(run -> {
            if (!views.containsKey(run)) found.add(run + ": a client was told that it is durable, and it is not there");
        });
        told.forEach((run, outcomes) -> {
            RunView last = last(run);
            Outcome end = last == null ? null : last.run().status().outcome();
            for (Outcome outcome : outcomes) {
                if (outcome != end) found.add(run + ": a client was told " + outcome + ", it ended " + end);
            }
        });
        recorded.forEach((run, steps) -> steps.forEach((key, result) -> {
            RunView last = last(run);
            boolean there = last != null
                    && last.steps().stream().anyMatch(s -> s.key().equals(key) && result.equals(s.result()));
            // A failed attempt may have moved it to the history: only a run that never failed must still have it.
            boolean mayHaveMoved = last != null && last.run().tries().attempt() > 1;
            if (!there && !mayHaveMoved) {
                found.add(run + ": step " + key + " was acknowledged with " + result + ", and is not there");
            }
        }));
    }

    private void checkKeys(List<String> found) {
        var holders = new HashMap<String, RunId>();
        keys.forEach((run, key) -> {
            if (key.isEmpty()) return;
            RunId other = holders.putIfAbsent(key, run);
            if (other != null) found.add("key " + key + ": " + other + " and " + run + " both have it");
        });
    }

    private void checkEnds(List<String> found) {
        views.forEach((run, seen) -> {
            RunView last = seen.getLast();
            if (!deleted.contains(run) && !last.run().isFinished()) {
                found.add(run + ": it has not ended, and never will: its newest snapshot is "
                        + last.snapshots().getLast());
            }
        });
    }

    private void checkWatchers(List<String> found) {
        watchers.forEach((run, folds) -> folds.forEach((watcher, fold) -> {
            String text = texts.get(run);
            if (text != null && !text.equals(fold)) {
                found.add(run + ": watcher " + watcher + " ended with '" + fold + "', the text is '" + text + "'");
            }
        }));
    }

    private @Nullable RunView last(RunId run) {
        List<RunView> seen = views.get(run);
        return seen == null ? null : seen.getLast();
    }
}
