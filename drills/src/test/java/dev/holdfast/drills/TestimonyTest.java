package dev.holdfast.drills;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.drills.RunAccount.Snap;
import dev.holdfast.drills.RunAccount.Step;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What user code wrote down against what was recorded: a run of two steps that is taken over after the first. */
class TestimonyTest {
    private static final String TOLD = """
            begin r 1 1 10 100
            end r 1 1 10 200
            begin r 2 1 10 300
            begin r 2 3 20 400
            end r 2 3 20 500
            """;
    private static final String RECORDED = "{\"beats\":[{\"epoch\":1,\"pid\":10},{\"epoch\":3,\"pid\":20}]}";

    /** The process that executed the first epoch; the second began meanwhile. */
    private static final List<Freeze> FROZEN = List.of(new Freeze(10, 350, 550));

    @TempDir
    Path folder;

    @Test
    void what_is_recorded_as_it_was_done_is_right() throws IOException {
        assertThat(violations(TOLD, RECORDED, "SUCCEEDED")).isEmpty();
    }

    @Test
    void a_result_of_somebody_who_did_not_do_it() throws IOException {
        String process = RECORDED.replace("\"epoch\":3,\"pid\":20", "\"epoch\":3,\"pid\":10");
        assertThat(violations(TOLD, process, "SUCCEEDED"))
                .containsExactly(
                        "r: step 2 is recorded in epoch 3, and the run has ended with a result of epoch 3 and pid 10");
        // It was done there, too; but somebody else has recorded it.
        String epoch = RECORDED.replace("\"epoch\":3,\"pid\":20", "\"epoch\":1,\"pid\":10");
        assertThat(violations(TOLD.replace("begin r 2 3", "end r 2 1 10 350\nbegin r 2 3"), epoch, "SUCCEEDED"))
                .containsExactly(
                        "r: step 2 is recorded in epoch 3, and the run has ended with a result of epoch 1 and pid 10");
    }

    @Test
    void a_step_that_a_lost_epoch_has_recorded_over_that_of_its_successor() throws IOException {
        var over = List.of(step(1, 1), step(2, 1));
        assertThat(violations(evidence(TOLD + "end r 2 1 10 600\n", RECORDED, "SUCCEEDED", over), FROZEN))
                .containsExactly(
                        "r: step 2 was recorded in epoch 1 and done again in epoch 3",
                        "r: step 2 is recorded in epoch 1, and the run has ended with a result of epoch 3 and pid 20");
    }

    @Test
    void a_step_that_is_recorded_and_was_not_done() throws IOException {
        var steps = List.of(step(1, 1), step(2, 2));
        assertThat(violations(evidence(TOLD, RECORDED, "SUCCEEDED", steps)))
                .contains("r: step 2 is recorded in epoch 2, where it was not done");
        // Also of a run that has not ended.
        assertThat(violations(evidence("begin r 1 1 10 100\n", null, null, List.of(step(1, 1)))))
                .containsExactly("r: step 1 is recorded in epoch 1, where it was not done");
    }

    @Test
    void a_run_that_has_ended_without_a_record_of_each_step() throws IOException {
        assertThat(violations(evidence(TOLD, RECORDED, "SUCCEEDED", List.of(step(1, 1)))))
                .containsExactly("r: it has ended, and 1 of its 2 steps are recorded");
        assertThat(violations(evidence(TOLD, null, null, List.of(step(1, 1))))).isEmpty();
    }

    @Test
    void a_step_that_ends_twice_in_one_epoch() throws IOException {
        String twice = TOLD.replace("end r 2 3 20 500", "end r 2 3 20 500\nbegin r 2 3 20 510\nend r 2 3 20 520");
        assertThat(violations(twice, RECORDED, "SUCCEEDED")).containsExactly("r: step 2 ended twice in epoch 3");
        // Of each epoch one may end, as the first of them was not recorded.
        assertThat(violations(TOLD.replace("begin r 2 3", "end r 2 1 10 350\nbegin r 2 3"), RECORDED, "SUCCEEDED"))
                .isEmpty();
    }

    @Test
    void a_step_that_is_done_again_after_it_was_recorded() throws IOException {
        assertThat(violations(TOLD.replace("begin r 2 3", "begin r 1 3 20 350\nbegin r 2 3"), RECORDED, "SUCCEEDED"))
                .containsExactly("r: step 1 was recorded in epoch 1 and done again in epoch 3");
    }

    @Test
    void an_epoch_that_goes_on_beside_a_later_one() throws IOException {
        String beside = TOLD + "end r 2 1 10 600\nbegin r 3 1 10 601\n";
        assertThat(violations(beside, RECORDED, "SUCCEEDED"))
                .containsExactly(
                        "r: epochs overlap: step 2 of epoch 1 ended 200 µs after epoch 3 had begun",
                        "r: epochs overlap: step 3 of epoch 1 began 201 µs after epoch 3 had begun");
    }

    @Test
    void an_epoch_of_which_others_begin_before_it_has_left() throws IOException {
        assertThat(violations(TOLD.replace("begin r 2 3", "left r 2 1 10 399\nbegin r 2 3"), RECORDED, "SUCCEEDED"))
                .isEmpty();
        assertThat(violations(TOLD + "stays r 2 1 10 410\nleft r 2 1 10 420\n", RECORDED, "SUCCEEDED"))
                .containsExactly(
                        "r: epochs overlap: step 2 of epoch 1 still executed 10 µs after epoch 3 had begun",
                        "r: epochs overlap: step 2 of epoch 1 left 20 µs after epoch 3 had begun");
    }

    @Test
    void what_was_left_is_not_done() throws IOException {
        assertThat(violations(TOLD.replace("end r 2 3", "left r 2 3"), RECORDED, "SUCCEEDED"))
                .containsExactly(
                        "r: step 2 is recorded in epoch 3, where it was not done",
                        "r: step 2 is recorded in epoch 3, and the run has ended with a result of epoch 3 and pid 20");
    }

    @Test
    void who_was_frozen_in_the_middle_may_end_its_statement_and_begin_nothing() throws IOException {
        String woken = TOLD + "end r 2 1 10 600\nbegin r 3 1 10 601\n";
        assertThat(violations(evidence(woken, RECORDED, "SUCCEEDED"), FROZEN))
                .containsExactly("r: epochs overlap: step 3 of epoch 1 began 201 µs after epoch 3 had begun");
    }

    /** The statement is the first of the step; the one before it has looked whether the step may begin. */
    @Test
    void who_was_frozen_just_before_a_step_begins_may_begin_that_one() throws IOException {
        String before = TOLD.replace("begin r 2 1 10 300\n", "");
        assertThat(violations(evidence(before + "begin r 2 1 10 600\n", RECORDED, "SUCCEEDED"), FROZEN))
                .isEmpty();
        assertThat(violations(
                        evidence(before + "begin r 2 1 10 600\nbegin r 3 1 10 650\n", RECORDED, "SUCCEEDED"), FROZEN))
                .containsExactly("r: epochs overlap: step 3 of epoch 1 began 250 µs after epoch 3 had begun");
        assertThat(violations(before + "begin r 2 1 10 600\n", RECORDED, "SUCCEEDED"))
                .containsExactly("r: epochs overlap: step 2 of epoch 1 began 200 µs after epoch 3 had begun");
    }

    @Test
    void who_was_frozen_may_not_be_late_before_that() throws IOException {
        String late = TOLD + "end r 2 1 10 600\n";
        assertThat(violations(evidence(late, RECORDED, "SUCCEEDED"), List.of(new Freeze(10, 350, 650))))
                .containsExactly("r: epochs overlap: step 2 of epoch 1 ended 200 µs after epoch 3 had begun");
    }

    /** Its process is the same, and nobody has stopped what it has begun since then. */
    @Test
    void who_was_frozen_may_not_be_late_when_it_has_come_back() throws IOException {
        String late = TOLD + "end r 2 1 10 600\n";
        assertThat(violations(evidence(late, RECORDED, "SUCCEEDED"), List.of(new Freeze(10, 0, 50))))
                .containsExactly("r: epochs overlap: step 2 of epoch 1 ended 200 µs after epoch 3 had begun");
    }

    @Test
    void a_line_that_is_half_written_is_excused_by_a_kill_and_nothing_else() throws Exception {
        var setup = new ServerProcess.Setup(folder, 0, folder.resolve("log"), List.of("sleep", "60"));
        try (var process = ServerProcess.start(setup)) {
            var node = new Node("a", process, new Api(URI.create("http://none")));
            String told = TOLD + "begin s 1 1 " + process.pid() + " 600\nend s 1begin t 1 1 20 700\n";
            for (var kind : List.of(Strike.Kind.KILL, Strike.Kind.HEIR, Strike.Kind.NEIGHBOURS, Strike.Kind.ALL)) {
                assertThat(violations(struck(told, Strike.now(kind, node)))).isEmpty();
            }
            for (var kind : List.of(Strike.Kind.TERM, Strike.Kind.STOP, Strike.Kind.CUT)) {
                assertThat(violations(struck(told, Strike.now(kind, node)))).hasSize(1);
            }
        }
    }

    private Evidence struck(String told, Strike strike) throws IOException {
        var all = evidence(told, RECORDED, "SUCCEEDED");
        return new Evidence(all.jobs(), all.runs(), all.diary(), List.of(strike), all.deaths());
    }

    @Test
    void two_processes_in_one_epoch() throws IOException {
        assertThat(violations(TOLD.replace("begin r 2 1 10", "begin r 2 1 11"), RECORDED, "SUCCEEDED"))
                .containsExactly("r: epoch 1 was executed by the processes 10 and 11");
    }

    @Test
    void a_run_that_did_not_succeed_or_has_too_few_results() throws IOException {
        assertThat(violations(TOLD, RECORDED, "SYSTEM_FAILURE"))
                .containsExactly("r: it ended SYSTEM_FAILURE, and nothing was wrong with its code");
        assertThat(violations(TOLD, "{\"beats\":[{\"epoch\":1,\"pid\":10}]}", "SUCCEEDED"))
                .containsExactly("r: it has 1 results of 2 steps");
    }

    @Test
    void a_loss_is_counted_unless_it_says_that_it_is_not() throws IOException {
        var evidence = evidence(TOLD, RECORDED, "SUCCEEDED");
        assertThat(evidence.countedLosses(Set.of()))
                .containsExactly("r: a loss was counted at 2026-01-01T00:00:02Z (lost: node/1)");
    }

    @Test
    void a_loss_of_a_node_that_was_killed_is_told_from_others_by_its_number() throws IOException {
        var evidence = evidence(TOLD, RECORDED, "SUCCEEDED");
        assertThat(evidence.countedLosses(Set.of(1L))).isEmpty();
        assertThat(evidence.countedLosses(Set.of(2L, 11L))).hasSize(1);
    }

    private List<String> violations(String told, String recorded, String outcome) throws IOException {
        return violations(evidence(told, recorded, outcome));
    }

    private static List<String> violations(Evidence evidence) {
        return violations(evidence, List.of());
    }

    private static List<String> violations(Evidence evidence, List<Freeze> frozen) {
        return new Testimony(evidence, frozen).violations();
    }

    private Evidence evidence(String told, String recorded, String outcome) throws IOException {
        return evidence(told, recorded, outcome, List.of(step(1, 1), step(2, 3)));
    }

    /** @param outcome null for a run that has not ended */
    private Evidence evidence(String told, @Nullable String recorded, @Nullable String outcome, List<Step> steps)
            throws IOException {
        Path file = folder.resolve("diary.log");
        Files.writeString(file, told);
        var snaps = List.of(
                snap(1, 1, "claimed"),
                snap(2, 2, "lost: node/1"),
                snap(3, 3, "claimed"),
                snap(4, 4, "lost: node/2, not counted"));
        String state = outcome == null ? "RUNNING" : "FINISHED";
        var run = new RunAccount("r", "metronome", null, state, outcome, recorded, snaps, steps);
        return new Evidence(List.of(), Map.of("r", run), new Diary(file, 2), List.of(), new Deaths());
    }

    private static Step step(int number, long epoch) {
        return new Step(Integer.toString(number), "beat", epoch, "DONE", 1);
    }

    private static Snap snap(long seq, long epoch, String cause) {
        return new Snap(seq, "RUNNING", null, epoch, "2026-01-01T00:00:0" + seq + "Z", cause);
    }
}
