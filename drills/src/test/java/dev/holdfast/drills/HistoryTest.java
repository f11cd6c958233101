package dev.holdfast.drills;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.drills.RunAccount.Snap;
import dev.holdfast.drills.RunAccount.Step;
import dev.holdfast.drills.WatchAccount.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A checker that finds nothing is worth nothing: a clean story, and one for every way in which it can be unclean. */
class HistoryTest {
    private static final String RUN = "run_a";

    @Test
    void a_clean_story_is_clean() {
        assertThat(judged(clean())).isEmpty();
    }

    @Test
    void an_acknowledged_run_that_is_not_there() {
        var history = new History();
        history.acknowledged(RUN, "t", null);
        assertThat(history.violations()).singleElement().asString().contains("it is not there");
    }

    @Test
    void a_run_that_has_not_ended() {
        var run = clean();
        var open = new RunAccount(
                RUN, "t", null, "RUNNING", null, null, run.snapshots().subList(0, 4), run.steps());
        assertThat(judged(open)).anyMatch(v -> v.contains("it has not ended: it is RUNNING"));
    }

    @Test
    void two_ends() {
        assertThat(judged(withSnaps(s -> add(s, new Snap(6, "FINISHED", "FAILED", 4, at(6), "fail")))))
                .anyMatch(v -> v.contains("it ended 2 times"));
    }

    @Test
    void a_hole_in_the_snapshots() {
        assertThat(judged(withSnaps(s -> without(s, 2)))).anyMatch(v -> v.contains("snapshot 4 follows 2"));
    }

    @Test
    void an_epoch_that_does_not_grow() {
        assertThat(judged(withSnaps(s -> set(s, 3, new Snap(4, "RUNNING", null, 2, at(4), "claim")))))
                .anyMatch(v -> v.contains("did not grow when it was handed over"));
    }

    @Test
    void an_epoch_that_shrinks() {
        assertThat(judged(withSnaps(s -> set(s, 2, new Snap(3, "QUEUED", null, 0, at(3), "lost")))))
                .anyMatch(v -> v.contains("its epoch went from 1 to 0"));
    }

    @Test
    void a_step_that_is_recorded_twice() {
        assertThat(judged(withSteps(s -> add(s, new Step("2", "b", 3, "DONE", 1)))))
                .anyMatch(v -> v.contains("step 2 is recorded twice"));
    }

    @Test
    void a_step_of_an_epoch_that_did_not_hold_the_run() {
        assertThat(judged(withSteps(s -> set(s, 1, new Step("2", "b", 2, "DONE", 1)))))
                .anyMatch(v -> v.contains("in which nobody held the run"));
    }

    @Test
    void a_step_of_a_zombie() {
        assertThat(judged(withSteps(s -> add(s, new Step("3", "c", 1, "DONE", 1)))))
                .anyMatch(v -> v.contains("by the later epoch 3"));
    }

    @Test
    void steps_side_by_side_are_recorded_in_any_order() {
        var history = told(withSteps(s -> add(s, new Step("3", "c", 1, "DONE", 1))));
        history.sideBySide(RUN);
        assertThat(history.violations()).isEmpty();
    }

    @Test
    void another_output() {
        var history = told(clean());
        history.expected(RUN, "{\"n\":3}");
        assertThat(history.violations()).anyMatch(v -> v.contains("not that of an undisturbed run"));
    }

    @Test
    void a_key_with_two_runs() {
        var history = told(clean());
        history.acknowledged(RUN, "t", "k");
        history.acknowledged("run_b", "t", "k");
        assertThat(history.violations()).anyMatch(v -> v.contains("key 't k' has 2 runs"));
    }

    @Test
    void watchers_that_end_with_different_texts() {
        var history = told(clean());
        history.watched(watcher("early", chunk("1/1", 1, "one"), chunk("2/1", 3, "two")));
        history.watched(watcher("late", chunk("1/1", 1, "one")));
        assertThat(history.violations()).anyMatch(v -> v.contains("another text than the early one"));
    }

    @Test
    void a_chunk_that_is_there_twice() {
        var history = told(clean());
        history.watched(watcher("early", chunk("1/1", 1, "one"), chunk("2/1", 3, "two"), chunk("2/1", 3, "two")));
        assertThat(history.violations()).anyMatch(v -> v.contains("has a chunk of 2/1 twice"));
    }

    @Test
    void a_chunk_of_an_epoch_that_did_not_record_the_step() {
        var history = told(clean());
        history.watched(watcher("late", chunk("1/1", 1, "one"), chunk("2/1", 1, "two")));
        assertThat(history.violations()).anyMatch(v -> v.contains("which epoch 3 recorded"));
    }

    @Test
    void what_was_rewound_is_not_held_against_anybody() {
        var history = told(clean());
        var rewind = new Seen(0, "rewind", "", 3, "", "{\"drop\":[\"2/1\"]}");
        history.watched(
                watcher("early", chunk("1/1", 1, "one"), chunk("2/1", 1, "tw"), rewind, chunk("2/1", 3, "two")));
        history.watched(watcher("late", chunk("1/1", 1, "one"), chunk("2/1", 3, "two")));
        assertThat(history.violations()).isEmpty();
    }

    @Test
    void a_watcher_that_was_not_told_the_end() {
        var history = told(clean());
        history.watched(new WatchAccount("early", RUN, List.of(chunk("1/1", 1, "one")), false));
        assertThat(history.violations()).anyMatch(v -> v.contains("was not told the end"));
    }

    private static List<String> judged(RunAccount run) {
        return told(run).violations();
    }

    private static History told(RunAccount run) {
        var history = new History();
        history.acknowledged(RUN, "t", "k");
        history.run(run);
        return history;
    }

    private static RunAccount clean() {
        var snaps = List.of(
                new Snap(1, "QUEUED", null, 0, at(1), "start"),
                new Snap(2, "RUNNING", null, 1, at(2), "claim"),
                new Snap(3, "QUEUED", null, 2, at(3), "lost"),
                new Snap(4, "RUNNING", null, 3, at(4), "claim"),
                new Snap(5, "FINISHED", "SUCCEEDED", 4, at(5), "succeed"));
        var steps = List.of(new Step("1", "a", 1, "DONE", 1), new Step("2", "b", 3, "DONE", 1));
        return new RunAccount(RUN, "t", "k", "FINISHED", "SUCCEEDED", "{\"n\":2}", snaps, steps);
    }

    private static RunAccount withSnaps(UnaryOperator<List<Snap>> change) {
        var run = clean();
        return new RunAccount(
                RUN, "t", "k", "FINISHED", "SUCCEEDED", run.output(), change.apply(run.snapshots()), run.steps());
    }

    private static RunAccount withSteps(UnaryOperator<List<Step>> change) {
        var run = clean();
        return new RunAccount(
                RUN, "t", "k", "FINISHED", "SUCCEEDED", run.output(), run.snapshots(), change.apply(run.steps()));
    }

    private static WatchAccount watcher(String name, Seen... frames) {
        return new WatchAccount(name, RUN, List.of(frames), true);
    }

    private static Seen chunk(String source, long epoch, String text) {
        return new Seen(0, "chunk", "", epoch, source, "\"" + text + "\"");
    }

    private static String at(int second) {
        return "2026-01-01T00:00:0" + second + "Z";
    }

    private static <T> List<T> add(List<T> list, T more) {
        var copy = new ArrayList<>(list);
        copy.add(more);
        return copy;
    }

    private static <T> List<T> set(List<T> list, int index, T other) {
        var copy = new ArrayList<>(list);
        copy.set(index, other);
        return copy;
    }

    private static <T> List<T> without(List<T> list, int index) {
        var copy = new ArrayList<>(list);
        copy.remove(index);
        return copy;
    }
}
