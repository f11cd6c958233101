package dev.holdfast.drills;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.drills.RunAccount.Snap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    @TempDir
    Path folder;

    @Test
    void what_is_recorded_as_it_was_done_is_right() throws IOException {
        assertThat(violations(TOLD, RECORDED, "SUCCEEDED")).isEmpty();
    }

    @Test
    void a_step_that_is_recorded_for_somebody_who_did_not_do_it() throws IOException {
        String other = RECORDED.replace("\"epoch\":3,\"pid\":20", "\"epoch\":1,\"pid\":10");
        assertThat(violations(TOLD, other, "SUCCEEDED"))
                .containsExactly(
                        "r: step 2 is recorded for epoch 1 and pid 10, where it was not done",
                        "r: step 2 was recorded in epoch 1 and done again in epoch 3");
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
                .containsExactly("r: step 2 is recorded for epoch 3 and pid 20, where it was not done");
    }

    @Test
    void who_was_frozen_in_the_middle_may_end_its_statement_and_begin_nothing() throws IOException {
        String woken = TOLD + "end r 2 1 10 600\nbegin r 3 1 10 601\n";
        assertThat(testimony(evidence(woken, RECORDED, "SUCCEEDED"), Set.of(10L)))
                .containsExactly("r: epochs overlap: step 3 of epoch 1 began 201 µs after epoch 3 had begun");
    }

    /** The statement is the first of the step; the one before it has looked whether the step may begin. */
    @Test
    void who_was_frozen_just_before_a_step_begins_may_begin_that_one() throws IOException {
        String before = TOLD.replace("begin r 2 1 10 300\n", "");
        assertThat(testimony(evidence(before + "begin r 2 1 10 600\n", RECORDED, "SUCCEEDED"), Set.of(10L)))
                .isEmpty();
        assertThat(testimony(
                        evidence(before + "begin r 2 1 10 600\nbegin r 3 1 10 650\n", RECORDED, "SUCCEEDED"),
                        Set.of(10L)))
                .containsExactly("r: epochs overlap: step 3 of epoch 1 began 250 µs after epoch 3 had begun");
        assertThat(violations(before + "begin r 2 1 10 600\n", RECORDED, "SUCCEEDED"))
                .containsExactly("r: epochs overlap: step 2 of epoch 1 began 200 µs after epoch 3 had begun");
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
        return testimony(evidence(told, recorded, outcome), Set.of());
    }

    private static List<String> testimony(Evidence evidence, Set<Long> frozen) {
        return new Testimony(evidence, frozen).violations();
    }

    private Evidence evidence(String told, String recorded, String outcome) throws IOException {
        Path file = folder.resolve("diary.log");
        Files.writeString(file, told);
        var snaps = List.of(
                snap(1, 1, "claimed"),
                snap(2, 2, "lost: node/1"),
                snap(3, 3, "claimed"),
                snap(4, 4, "lost: node/2, not counted"));
        var run = new RunAccount("r", "metronome", null, "FINISHED", outcome, recorded, snaps, List.of());
        return new Evidence(List.of(), Map.of("r", run), new Diary(file, 2), List.of(), new Deaths());
    }

    private static Snap snap(long seq, long epoch, String cause) {
        return new Snap(seq, "RUNNING", null, epoch, "2026-01-01T00:00:0" + seq + "Z", cause);
    }
}
