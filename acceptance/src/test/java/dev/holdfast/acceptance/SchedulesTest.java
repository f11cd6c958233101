package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.drills.ServerProcess;
import dev.holdfast.testkit.ProcessTest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Schedules by the commands of people, against real servers that are killed. */
@ProcessTest
class SchedulesTest {
    private static final JsonMapper JSON = new JsonMapper();

    @RegisterExtension
    final Stage stage = new Stage();

    @Test
    void every_second_has_its_run_whenever_the_server_is_killed() throws Exception {
        ServerProcess server = stage.serve();
        stage.cli()
                .run("schedule", "often", "--cron", "* * * * * *", "--missed", "all", "noop", "--input", "1")
                .ok();
        for (int kill = 1; kill <= 6; kill++) {
            int enough = kill * 3;
            await("it has fired " + enough + " times").atMost(Stage.PATIENCE).until(() -> runs().size() >= enough);
            // About when it fires: before, within or after the commit.
            int millis = kill * 4;
            await("a second has begun " + millis + " ms ago")
                    .atMost(Stage.PATIENCE)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> Math.abs(Instant.now().toEpochMilli() % 1_000 - millis) < 3);
            server.kill();
            server = stage.serve();
        }
        JsonNode paused =
                stage.cli().run("schedule", "often", "--pause", "--json").ok().json();
        assertThat(paused.path("paused").asBoolean()).isTrue();

        List<JsonNode> runs = runs();
        Instant first = planned(runs.getLast());
        for (int i = 0; i < runs.size(); i++) {
            assertThat(planned(runs.get(runs.size() - 1 - i)))
                    .as("run %d of %d", i, runs.size())
                    .isEqualTo(first.plusSeconds(i));
        }
        assertThat(paused.path("lastAt").asString())
                .isEqualTo(planned(runs.getFirst()).toString());
        assertThat(paused.path("lastRun")).isEqualTo(runs.getFirst().path("id"));
        for (JsonNode run : runs) {
            assertThat(stage.api()
                            .awaitEnd(run.path("id").asString())
                            .path("outcome")
                            .asString())
                    .isEqualTo("SUCCEEDED");
        }
    }

    /** Newest first. */
    private List<JsonNode> runs() throws IOException {
        var all = new ArrayList<JsonNode>();
        String cursor = "";
        while (true) {
            JsonNode page = JSON.readTree(stage.api()
                    .get("/v1/runs?limit=200&tag=schedule:often" + cursor)
                    .body());
            page.path("runs").forEach(all::add);
            if (page.path("next").isNull()) return all;
            cursor = "&cursor=" + page.path("next").asString();
        }
    }

    private static Instant planned(JsonNode run) {
        return run.path("tags")
                .valueStream()
                .map(JsonNode::asString)
                .filter(tag -> tag.startsWith("scheduled:"))
                .map(tag -> Instant.parse(tag.substring("scheduled:".length())))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_schedule_is_declared_listed_paused_and_removed() throws Exception {
        stage.serve();
        assertThat(stage.cli().run("schedules").ok().out()).contains("no schedules");
        JsonNode made = stage.cli()
                .run("schedule", "nightly", "--cron", "0 3 * * *", "--zone", "Europe/Berlin", "noop", "--json")
                .ok()
                .json();
        assertThat(made.path("missed").asString()).isEqualTo("LATEST");
        assertThat(stage.cli().run("schedules").ok().out())
                .contains(
                        "nightly",
                        "noop",
                        "0 3 * * *",
                        "Europe/Berlin",
                        "LATEST",
                        made.path("next").asString());
        stage.cli().run("schedule", "nightly", "--pause").ok();
        assertThat(stage.cli().run("schedules").ok().out()).contains("paused");
        stage.cli().run("schedule", "nightly", "--resume").ok();
        assertThat(stage.api().get("/v1/schedules/nightly").status()).isEqualTo(200);
        assertThat(stage.api().get("/v1/schedules").status()).isEqualTo(200);
        stage.cli().run("unschedule", "nightly").ok();
        stage.cli().run("unschedule", "nightly").code(3).tells("schedule_unknown", "nightly");
        stage.cli()
                .run("schedule", "bad", "--cron", "61 * * * *", "noop")
                .code(3)
                .tells("cron_invalid", "minute");
        stage.cli()
                .run("schedule", "bad", "--cron", "* * * * *", "nosuch")
                .code(3)
                .tells("task_unknown");
        stage.cli().run("schedule", "bad").code(2);
        stage.cli()
                .run("schedule", "bad", "--pause", "--cron", "* * * * *", "noop")
                .code(2);
    }
}
