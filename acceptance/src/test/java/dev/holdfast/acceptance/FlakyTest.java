package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ProcessTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** Failures of user code: retried by the run, retried by the step, and given up. */
@ProcessTest
class FlakyTest {
    @RegisterExtension
    final Stage stage = new Stage();

    @Test
    void the_run_tries_again() throws Exception {
        stage.serve();

        JsonNode run = stage.api().awaitEnd(stage.api().start("flaky", "{\"failures\":2}"));

        assertThat(run.path("outcome").asString()).isEqualTo("SUCCEEDED");
        assertThat(run.path("attempt").asInt()).isEqualTo(3);
        assertThat(run.path("output").path("attempts").asInt()).isEqualTo(3);
        assertThat(run.path("steps").size()).isEqualTo(1);
        assertThat(run.path("steps").get(0).path("status").asString()).isEqualTo("DONE");
    }

    @Test
    void the_step_tries_again_in_one_attempt() throws Exception {
        stage.serve();

        JsonNode run = stage.api().awaitEnd(stage.api().start("flaky", "{\"failures\":2,\"inStep\":true}"));

        assertThat(run.path("outcome").asString()).isEqualTo("SUCCEEDED");
        assertThat(run.path("attempt").asInt()).isEqualTo(1);
        assertThat(run.path("steps").get(0).path("tries").asInt()).isEqualTo(3);
    }

    @Test
    void the_run_gives_up() throws Exception {
        stage.serve();

        JsonNode run = stage.api().awaitEnd(stage.api().start("flaky", "{\"failures\":99}"));

        assertThat(run.path("outcome").asString()).isEqualTo("FAILED");
        assertThat(run.path("attempt").asInt()).isEqualTo(5);
        assertThat(run.path("error").path("message").asString()).contains("try 5 fails");
        assertThat(run.path("output").isNull()).isTrue();
    }

    @Test
    void the_step_gives_up_and_the_next_attempts_too() throws Exception {
        stage.serve();

        JsonNode run = stage.api().awaitEnd(stage.api().start("flaky", "{\"failures\":9,\"inStep\":true}"));

        // Each attempt of the run gives the step its five tries again.
        assertThat(run.path("outcome").asString()).isEqualTo("FAILED");
        assertThat(run.path("attempt").asInt()).isEqualTo(5);
        assertThat(run.path("error").path("code").asString()).isEqualTo("step_failed");
    }

    /** The tries of a step are durable: a kill does not give it more of them. */
    @Test
    void a_kill_between_two_tries_of_a_step_changes_nothing() throws Exception {
        var server = stage.serve();
        String id = stage.api().start("flaky", "{\"failures\":3,\"inStep\":true}");
        stage.api()
                .awaitRun(
                        id,
                        "has failed twice",
                        r -> r.path("steps").path(0).path("tries").asInt(0) >= 2);
        server.kill();
        stage.serve();

        JsonNode run = stage.api().awaitEnd(id);

        assertThat(run.path("outcome").asString()).isEqualTo("SUCCEEDED");
        assertThat(run.path("attempt").asInt()).isEqualTo(1);
        assertThat(run.path("steps").get(0).path("tries").asInt()).isEqualTo(4);
    }

    /** So is the attempt of the run. */
    @Test
    void a_kill_between_two_attempts_changes_nothing() throws Exception {
        var server = stage.serve();
        String id = stage.api().start("flaky", "{\"failures\":3}");
        stage.api()
                .awaitRun(id, "is in its third attempt", r -> r.path("attempt").asInt() >= 3);
        server.kill();
        stage.serve();

        JsonNode run = stage.api().awaitEnd(id);

        assertThat(run.path("outcome").asString()).isEqualTo("SUCCEEDED");
        assertThat(run.path("attempt").asInt()).isEqualTo(4);
    }
}
