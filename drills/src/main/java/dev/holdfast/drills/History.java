package dev.holdfast.drills;

import dev.holdfast.drills.RunAccount.Snap;
import dev.holdfast.drills.RunAccount.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What happened, as clients and watchers saw it from outside, and whether the promises held.
 *
 * <p>Everything is checked from what the API tells: each run that was acknowledged is there and ended exactly once;
 * snapshots are dense; epochs grow at every hand-over and never shrink; each step key is recorded once, by an epoch that
 * held the run, later keys by no earlier epoch, unless steps are executed side by side; outputs are the expected ones; no
 * business key and no request has two runs; all watchers of a run end with the same text, in which each chunk that stands is
 * there once, sent by the epoch that recorded its step.
 *
 * <p>Not safe for use by several threads.
 */
public final class History {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int SENTENCES = 40;

    private final Set<String> acknowledged = new TreeSet<>();
    private final Map<String, Set<String>> byKey = new LinkedHashMap<>();
    private final Map<String, Set<String>> byRequest = new LinkedHashMap<>();
    private final Map<String, RunAccount> runs = new LinkedHashMap<>();
    private final Map<String, String> expected = new HashMap<>();
    private final Set<String> sideBySide = new HashSet<>();
    private final Map<String, List<WatchAccount>> watched = new LinkedHashMap<>();
    private final List<String> violations = new ArrayList<>();

    /** A start was answered with this run. */
    public void acknowledged(String run, @Nullable String task, @Nullable String key) {
        acknowledged.add(run);
        if (key != null)
            byKey.computeIfAbsent(task + " " + key, k -> new TreeSet<>()).add(run);
    }

    /** A request with this id was answered with this run, or has made it. */
    public void requested(String request, String run) {
        byRequest.computeIfAbsent(request, r -> new TreeSet<>()).add(run);
    }

    /** How a run stands in the end. */
    public void run(RunAccount run) {
        runs.put(run.id(), run);
        if (run.key() != null) {
            byKey.computeIfAbsent(run.task() + " " + run.key(), k -> new TreeSet<>())
                    .add(run.id());
        }
    }

    /** What an undisturbed run with this input would answer; JSON, the order of fields does not matter. */
    public void expected(String run, String output) {
        expected.put(run, output);
    }

    /** The steps of this run are executed side by side: a later one may be recorded before an earlier one. */
    public void sideBySide(String run) {
        sideBySide.add(run);
    }

    /** What a watcher has seen in the end. */
    public void watched(WatchAccount account) {
        watched.computeIfAbsent(account.run(), k -> new ArrayList<>()).add(account);
    }

    /** All promises that were broken, as sentences; empty if all held. */
    public List<String> violations() {
        violations.clear();
        for (String id : acknowledged) {
            if (!runs.containsKey(id)) broken(id, "its start was acknowledged, and it is not there");
        }
        byKey.forEach((key, ids) -> {
            if (ids.size() > 1) violations.add("key '" + key + "' has " + ids.size() + " runs: " + ids);
        });
        byRequest.forEach((request, ids) -> {
            if (ids.size() > 1) violations.add("request '" + request + "' has " + ids.size() + " runs: " + ids);
        });
        runs.values().forEach(this::checkRun);
        watched.forEach(this::checkWatchers);
        return shortened();
    }

    private List<String> shortened() {
        if (violations.size() <= SENTENCES) return List.copyOf(violations);
        var some = new ArrayList<>(violations.subList(0, SENTENCES));
        some.add("and " + (violations.size() - SENTENCES) + " more");
        return List.copyOf(some);
    }

    private void checkRun(RunAccount run) {
        checkEnd(run);
        checkSnapshots(run);
        checkSteps(run);
        String output = expected.get(run.id());
        if (output != null && !sameJson(output, run.output())) {
            broken(
                    run.id(),
                    "its output is not that of an undisturbed run: " + brief(run.output()) + " instead of "
                            + brief(output));
        }
    }

    private void checkEnd(RunAccount run) {
        if (!run.isFinished() || run.outcome() == null) {
            broken(run.id(), "it has not ended: it is " + run.state());
            return;
        }
        List<Snap> ends = run.snapshots().stream()
                .filter(s -> s.state().equals("FINISHED"))
                .toList();
        if (ends.size() != 1) {
            broken(run.id(), "it ended " + ends.size() + " times");
        } else if (!run.outcome().equals(ends.getFirst().outcome())) {
            broken(run.id(), "its outcome is " + run.outcome() + ", its last snapshot says " + ends.getFirst());
        } else if (!run.snapshots().getLast().equals(ends.getFirst())) {
            broken(run.id(), "it changed after its end: " + run.snapshots().getLast());
        }
    }

    private void checkSnapshots(RunAccount run) {
        if (run.snapshots().isEmpty()) broken(run.id(), "it has no snapshots");
        Snap before = null;
        for (Snap snap : run.snapshots()) {
            if (before == null) {
                // Of a long story only the newest snapshots are kept.
                if (snap.seq() != 1 && run.snapshots().size() < 100) {
                    broken(run.id(), "its snapshots begin with " + snap.seq());
                }
            } else {
                checkPair(run, before, snap);
            }
            before = snap;
        }
    }

    private void checkPair(RunAccount run, Snap before, Snap snap) {
        if (snap.seq() != before.seq() + 1) {
            broken(run.id(), "snapshot " + snap.seq() + " follows " + before.seq());
        }
        if (snap.epoch() < before.epoch()) {
            broken(
                    run.id(),
                    "its epoch went from " + before.epoch() + " to " + snap.epoch() + " (" + snap.cause() + ")");
        }
        boolean handedOver = !isHeld(before) && isHeld(snap);
        boolean released = isHeld(before) && !isHeld(snap);
        if ((handedOver || released) && snap.epoch() <= before.epoch()) {
            broken(
                    run.id(),
                    "its epoch " + snap.epoch() + " did not grow when it was "
                            + (handedOver ? "handed over" : "released") + " (" + snap.cause() + ")");
        }
    }

    private static boolean isHeld(Snap snap) {
        return snap.state().equals("RUNNING")
                || snap.state().equals("STARTING")
                || snap.state().equals("STOPPING");
    }

    private void checkSteps(RunAccount run) {
        var keys = new HashSet<String>();
        var held = new HashSet<Long>();
        run.snapshots().stream().filter(History::isHeld).map(Snap::epoch).forEach(held::add);
        boolean isInOrder = !sideBySide.contains(run.id());
        Step before = null;
        for (Step step : run.steps()) {
            if (!keys.add(step.key())) broken(run.id(), "step " + step.key() + " is recorded twice");
            if (run.snapshots().size() < 100 && !held.contains(step.epoch())) {
                broken(
                        run.id(),
                        "step " + step.key() + " was recorded by epoch " + step.epoch()
                                + ", in which nobody held the run");
            }
            if (isInOrder && before != null && step.epoch() < before.epoch()) {
                broken(
                        run.id(),
                        "step " + step.key() + " was recorded by epoch " + step.epoch() + ", step " + before.key()
                                + " before it by the later epoch " + before.epoch());
            }
            before = step;
        }
    }

    private void checkWatchers(String id, List<WatchAccount> accounts) {
        String text = null;
        for (WatchAccount account : accounts) {
            String who = account.name() + " watcher";
            if (!account.done()) broken(id, "the " + who + " was not told the end");
            var once = new HashSet<String>();
            RunAccount run = runs.get(id);
            for (WatchAccount.Seen chunk : account.standing()) {
                if (!once.add(chunk.step() + " " + chunk.data())) {
                    broken(id, "the " + who + " has a chunk of " + chunk.step() + " twice: " + brief(chunk.data()));
                }
                if (run != null) checkSender(run, who, chunk);
            }
            if (text != null && !text.equals(account.text())) {
                broken(
                        id,
                        "the " + who + " ended with another text than the "
                                + accounts.getFirst().name() + " one: " + difference(text, account.text()));
            }
            text = text == null ? account.text() : text;
        }
    }

    private void checkSender(RunAccount run, String who, WatchAccount.Seen chunk) {
        for (Step step : run.steps()) {
            boolean sender = chunk.step().equals(step.key() + "/" + step.tries());
            if (sender && step.epoch() != chunk.epoch()) {
                broken(
                        run.id(),
                        "the " + who + " shows a chunk that epoch " + chunk.epoch() + " sent in step " + step.key()
                                + ", which epoch " + step.epoch() + " recorded");
            }
        }
    }

    private void broken(String run, String what) {
        violations.add(run + ": " + what);
    }

    private static boolean sameJson(String a, @Nullable String b) {
        return b != null && JSON.readTree(a).equals(JSON.readTree(b));
    }

    private static String difference(String a, String b) {
        int at = 0;
        while (at < Math.min(a.length(), b.length()) && a.charAt(at) == b.charAt(at)) at++;
        return "at character " + at + " '" + brief(b.substring(at)) + "' instead of '" + brief(a.substring(at)) + "'";
    }

    private static String brief(@Nullable String text) {
        if (text == null) return "nothing";
        String line = text.replace("\n", "\\n");
        return line.length() <= 80 ? line : line.substring(0, 79) + "…";
    }
}
