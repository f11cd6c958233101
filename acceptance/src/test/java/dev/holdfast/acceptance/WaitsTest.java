package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.drills.ServerProcess;
import dev.holdfast.testkit.ProcessTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** What waits, and what it waits for, by the commands of people against a real server. */
@ProcessTest
@ParameterizedClass
@EnumSource(Store.class)
@DisabledIfEnvironmentVariable(named = "OPENAI_BASE_URL", matches = ".+", disabledReason = "would ask that endpoint")
@DisabledIfEnvironmentVariable(named = "OPENAI_API_KEY", matches = ".+", disabledReason = "would spend that key")
class WaitsTest {
    @RegisterExtension
    final Stage stage;

    WaitsTest(Store store) {
        stage = new Stage(store);
    }

    @Test
    void a_run_that_waits_outlives_its_process_and_goes_on_with_its_signal() throws Exception {
        ServerProcess server = stage.serve();
        String run = stage.api().start("approval", "{\"what\":\"x\"}");
        JsonNode waits = stage.api()
                .awaitRun(run, "waits", r -> r.path("state").asString().equals("BLOCKED"));
        assertThat(waits.path("status").asString()).isEqualTo("WAITING");
        assertThat(waits.path("waiting").path("keys").get(0).asString()).isEqualTo("2");

        server.kill();
        stage.serve();
        assertThat(stage.cli().run("show", run).ok().out()).contains("waits for", "approved");
        stage.cli().run("signal", run, "approved", "true").ok();

        JsonNode ended = stage.api().awaitEnd(run);
        assertThat(ended.path("output").asString()).isEqualTo("done: x");
        assertThat(ended.path("steps").get(1).path("awaits").path("name").asString())
                .isEqualTo("approved");
        stage.cli().run("signal", run, "approved").code(3).tells("run_finished");
        stage.cli().run("complete", "nobody").code(3).tells("token_unknown");
    }

    @Test
    void children_know_their_parent() throws Exception {
        stage.serve();
        JsonNode ended = stage.api().awaitEnd(stage.api().start("fanout", "{\"children\":3}"));

        assertThat(ended.path("output").path("sum").asInt()).isEqualTo(60);
        String child = ended.path("steps").get(0).path("awaits").path("run").asString();
        assertThat(stage.api().show(child).path("parent")).isEqualTo(ended.path("id"));
    }

    @Test
    void turns_of_a_thread_wait_while_its_lane_is_paused() throws Exception {
        stage.serve();
        stage.cli().run("pause", "default", "--lane", "thread:t1").ok();
        String first = stage.cli().run("say", "t1", "hello").ok().out().strip();
        String second = stage.cli().run("say", "t1", "again").ok().out().strip();
        assertThat(stage.cli().run("explain", first).ok().out()).contains("paused");
        assertThat(stage.cli().run("queues", "default").ok().out()).contains("thread:t1", "SERIAL", "paused");

        stage.cli().run("resume", "default", "--lane", "thread:t1").ok();

        assertThat(stage.api().awaitEnd(second).path("output").asString()).isEqualTo("You said: again");
        JsonNode turns = stage.cli().run("threads", "t1", "--json").ok().json().path("turns");
        assertThat(turns.valueStream().map(turn -> turn.path("id").asString())).containsExactly(first, second);
        assertThat(stage.cli().run("runs", "--lane", "thread:t1").ok().out()).contains(first, second);
        assertThat(stage.api().get("/v1/threads/t1").status()).isEqualTo(200);
        assertThat(stage.api().get("/v1/queues/default").status()).isEqualTo(200);
    }

    @Test
    void a_limit_of_a_queue_is_shown_and_taken_back() throws Exception {
        stage.serve();
        assertThat(stage.cli()
                        .run("limit", "default", "--concurrency", "1", "--json")
                        .ok()
                        .json()
                        .path("concurrency")
                        .asInt())
                .isEqualTo(1);
        stage.cli().run("limit", "default", "--concurrency", "0").code(3).tells("limit_invalid");
        assertThat(stage.cli()
                        .run("limit", "default", "--concurrency", "none", "--json")
                        .ok()
                        .json()
                        .path("concurrency")
                        .isNull())
                .isTrue();
        assertThat(stage.api().get("/v1/queues").status()).isEqualTo(200);
    }
}
