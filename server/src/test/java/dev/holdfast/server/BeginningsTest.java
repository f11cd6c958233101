package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.RunId;
import java.util.Collections;
import java.util.HashSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs that begin in other ways than by a start: batches and reruns over HTTP. */
class BeginningsTest {
    private final FakeRuns runs = new FakeRuns();
    private final Server server = Server.open(ServerOptions.onPort(0));
    private final Http http = new Http(server.url());

    @BeforeEach
    void serve() {
        server.serve(new FakeNode(runs));
    }

    @AfterEach
    void close() {
        http.close();
        server.close();
    }

    @Test
    void aBatchIsAnsweredInTheOrderOfItsInputs() throws Exception {
        var begun = http.post(
                "/v1/batches", "{\"task\": \"noop\", \"inputs\": [1, {\"a\": 2}, null], \"tags\": [\"blue\"]}");
        assertThat(begun.status()).isEqualTo(201);
        var ids = new HashSet<String>();
        for (var run : begun.json().path("runs")) {
            ids.add(run.path("id").asString());
            assertThat(run.path("task").asString()).isEqualTo("noop");
            assertThat(run.path("existing").asBoolean()).isFalse();
        }
        assertThat(ids).hasSize(3);
    }

    @Test
    void aBatchThatCannotBeIsRefusedWhole() throws Exception {
        String many = String.join(",", Collections.nCopies(Defaults.BATCH_LIMIT + 1, "1"));
        var refused = http.post("/v1/batches", "{\"task\": \"noop\", \"inputs\": [" + many + "]}");
        assertThat(refused.status()).isEqualTo(413);
        assertThat(refused.code()).isEqualTo("batch_too_large");
        for (String body : new String[] {
            "{\"inputs\": [1]}",
            "{\"task\": \"noop\"}",
            "{\"task\": \"noop\", \"inputs\": []}",
            "{\"task\": \"noop\", \"inputs\": 1}",
            "{\"task\": \"noop\", \"inputs\": [1], \"key\": \"k\"}",
            "{\"task\": \"noop\", \"inputs\": [1], \"delay\": \"soon\"}"
        }) {
            assertThat(http.post("/v1/batches", body).code()).as(body).isEqualTo("field_invalid");
        }
        assertThat(http.post("/v1/batches", "{\"task\": \"noop\", \"inputs\": [1], \"colour\": 1}")
                        .code())
                .isEqualTo("field_unknown");
    }

    @Test
    void aRerunIsAnotherRun() throws Exception {
        String old = http.post("/v1/tasks/noop/runs", "{}").json().path("id").asString();
        for (String body : new String[] {"{}", "{\"from\": \"1\"}", "{\"from\": null}"}) {
            var begun = http.post("/v1/runs/" + old + "/rerun", body);
            assertThat(begun.status()).as(body).isEqualTo(201);
            assertThat(begun.json().path("id").asString()).isNotEqualTo(old);
        }
        var nowhere = http.post("/v1/runs/" + old + "/rerun", "{\"from\": \"7\"}");
        assertThat(nowhere.status()).isEqualTo(404);
        assertThat(nowhere.code()).isEqualTo("step_unknown");
        assertThat(http.post("/v1/runs/" + old + "/rerun", "{\"from\": 7}").code())
                .isEqualTo("field_invalid");
        assertThat(http.post("/v1/runs/" + new RunId(5, 5) + "/rerun", "{}").code())
                .isEqualTo("run_unknown");
    }
}
