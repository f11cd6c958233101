package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.drills.Api;
import dev.holdfast.drills.ServerProcess;
import dev.holdfast.testkit.ProcessTest;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** Cancel in every state that a run can be in. */
@ProcessTest
class CancelTest {
    @RegisterExtension
    final Stage stage = new Stage();

    @Test
    void queued_and_delayed() throws Exception {
        stage.serve();
        String run = stage.api().start("noop", "null", "\"delay\":\"1h\"");

        assertThat(cancel(run).status()).isEqualTo(200);

        assertEnds(run, "CANCELLED");
    }

    @Test
    void running() throws Exception {
        stage.serve();
        String run = longRun();
        stage.api().awaitRun(run, "works", r -> r.path("steps").size() > 2);

        assertThat(cancel(run).status()).isIn(200, 202);

        JsonNode ended = assertEnds(run, "CANCELLED");
        // The place where it was told is recorded, what was recorded before stays.
        assertThat(ended.path("steps").valueStream().map(s -> s.path("status").asString()))
                .contains("DONE")
                .last()
                .isEqualTo("CANCELLED");
        assertThat(Frames.now("late", stage.api(), run).done()).isTrue();
    }

    @Test
    void backing_off_before_its_next_attempt() throws Exception {
        stage.host(Host.Edition.FIRST);
        String run = stage.api().start("patient", "null");
        stage.api()
                .awaitRun(
                        run,
                        "waits for its next attempt",
                        r -> state(r, "QUEUED") && r.path("attempt").asInt() == 2);

        cancel(run);

        assertEnds(run, "CANCELLED");
    }

    @Test
    void stopping_already() throws Exception {
        stage.host(Host.Edition.FIRST);
        String run = stubborn();
        assertThat(cancel(run).status()).isEqualTo(202);
        stage.api().awaitRun(run, "is being stopped", r -> state(r, "STOPPING"));

        assertThat(cancel(run).status()).isEqualTo(202);

        assertEnds(run, "CANCELLED");
    }

    /** The wish is durable: it is not lost with the process that was stopping the run. */
    @Test
    void stopping_when_the_process_is_killed() throws Exception {
        ServerProcess server = stage.host(Host.Edition.FIRST);
        String run = stubborn();
        cancel(run);
        stage.api().awaitRun(run, "is being stopped", r -> state(r, "STOPPING"));
        server.kill();
        stage.host(Host.Edition.FIRST);

        assertEnds(run, "CANCELLED");
    }

    @Test
    void lost_and_queued_again() throws Exception {
        ServerProcess server = stage.serve();
        String run = longRun();
        stage.api().awaitRun(run, "works", r -> r.path("steps").size() > 2);
        server.kill();
        stage.serve();
        cancel(run);

        assertEnds(run, "CANCELLED");
    }

    @Test
    void parked() throws Exception {
        ServerProcess server = stage.host(Host.Edition.FIRST);
        String run = stage.api().start("checkout", "null");
        stage.api()
                .awaitRun(run, "has charged and shipped", r -> r.path("steps").size() >= 2);
        server.kill();
        stage.host(Host.Edition.RENAMED);
        stage.api().awaitRun(run, "is parked", r -> RenamedStepTest.isParked(stage.api(), run));

        assertThat(cancel(run).status()).isEqualTo(200);

        assertEnds(run, "CANCELLED");
    }

    @Test
    void finished() throws Exception {
        stage.serve();
        String run = stage.api().start("noop", "null");
        JsonNode before = stage.api().awaitEnd(run);

        assertThat(cancel(run).status()).isEqualTo(200);

        assertThat(stage.api().show(run)).isEqualTo(before);
    }

    private Api.Answer cancel(String run) throws IOException {
        return stage.api().post("/v1/runs/" + run + "/cancel", "");
    }

    private JsonNode assertEnds(String run, String outcome) throws IOException {
        JsonNode ended = stage.api().awaitEnd(run);
        assertThat(ended.path("outcome").asString()).isEqualTo(outcome);
        String neighbour = stage.api().start("noop", "null");
        assertThat(stage.api().awaitEnd(neighbour).path("outcome").asString()).isEqualTo("SUCCEEDED");
        return ended;
    }

    private static boolean state(JsonNode run, String state) {
        return run.path("state").asString().equals(state);
    }

    private String longRun() throws IOException {
        Path tree = Inputs.tree(stage.folder().resolve("tree"), 100);
        return stage.api().start("wordcount", Inputs.wordcount(tree, 200));
    }

    /** A run in the middle of a step that does not listen to interrupts. */
    private String stubborn() throws IOException {
        String run = stage.api().start("stubborn", "3000");
        stage.api().awaitRun(run, "works", r -> r.path("steps").size() >= 1);
        return run;
    }
}
