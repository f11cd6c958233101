package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.drills.ServerProcess;
import dev.holdfast.testkit.ProcessTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Code that was changed under a running run: the run is parked, never ended, and the reason names both names. */
@ProcessTest
class RenamedStepTest {
    @RegisterExtension
    final Stage stage = new Stage();

    @Test
    void a_renamed_step_parks_the_run_and_explain_names_both_names() throws Exception {
        ServerProcess server = stage.host(Host.Edition.FIRST);
        String run = stage.api().start("checkout", "null");
        stage.api()
                .awaitRun(run, "has charged and shipped", r -> r.path("steps").size() >= 2);
        server.kill();

        stage.host(Host.Edition.RENAMED);
        stage.api().awaitRun(run, "is parked", r -> isParked(stage.api(), run));

        String sentence = new JsonMapper()
                .readTree(stage.api().get("/v1/runs/" + run + "/explain").body())
                .path("sentence")
                .asString();
        assertThat(sentence).contains("'ship'", "'dispatch'");
        assertThat(stage.cli().run("explain", run).ok().out()).contains("ship", "dispatch");
        JsonNode parked = stage.api().show(run);
        assertThat(parked.path("state").asString()).isEqualTo("QUEUED");
        assertThat(parked.path("steps").size())
                .as("nothing recorded is touched")
                .isEqualTo(2);
        // What is started now is the new code's own.
        JsonNode fresh = stage.api().awaitEnd(stage.api().start("checkout", "null"));
        assertThat(fresh.path("outcome").asString()).isEqualTo("SUCCEEDED");
    }

    @Test
    void it_goes_on_when_the_code_fits_again() throws Exception {
        ServerProcess server = stage.host(Host.Edition.FIRST);
        String run = stage.api().start("checkout", "null");
        stage.api()
                .awaitRun(run, "has charged and shipped", r -> r.path("steps").size() >= 2);
        server.kill();
        server = stage.host(Host.Edition.RENAMED);
        stage.api().awaitRun(run, "is parked", r -> isParked(stage.api(), run));
        server.kill();

        stage.host(Host.Edition.FIRST);

        JsonNode ended = stage.api().awaitEnd(run);
        assertThat(ended.path("outcome").asString()).isEqualTo("SUCCEEDED");
        assertThat(ended.path("steps").valueStream().map(s -> s.path("name").asString()))
                .containsExactly("charge", "ship", "wait");
    }

    static boolean isParked(CheckedApi api, String run) {
        try {
            var explanation = new JsonMapper()
                    .readTree(api.get("/v1/runs/" + run + "/explain").body());
            return explanation.path("code").asString().equals("mismatch");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
