package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.node.Holdfast;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Task;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a real node shows: a token and its callback, and lanes that a task names by the input. */
class HostedTest {
    private static final Task<String, String> PAY = Task.named("pay", String.class, String.class);
    private static final Task<String, String> TURN =
            Task.named("turn", String.class, String.class).serialLane(input -> "of " + Integer.parseInt(input));

    @TempDir
    Path folder;

    private final Server server = Server.open(ServerOptions.onPort(0));
    private final Http http = new Http(server.url());
    private Holdfast holdfast;

    @BeforeEach
    void serve() {
        Handler<String, String> pay = PAY.handle((ctx, input) -> {
            var paid = ctx.token("paid", String.class, Duration.ofHours(1));
            ctx.send(paid.callback().toString());
            return paid.await().orElse("nothing");
        });
        holdfast = Holdfast.open(folder, pay, TURN.handle((ctx, input) -> input));
        server.serve(holdfast);
    }

    @AfterEach
    void close() {
        http.close();
        server.close();
        holdfast.close();
    }

    @Test
    void aTokenIsCompletedAtItsCallback() throws Exception {
        String run = "/v1/runs/"
                + http.post("/v1/tasks/pay/runs", "{\"input\": \"x\"}")
                        .json()
                        .path("id")
                        .asString();
        await("it waits")
                .atMost(Duration.ofSeconds(30))
                .until(() -> http.get(run).json().path("state").asString().equals("BLOCKED"));
        String token = http.get(run)
                .json()
                .path("steps")
                .get(1)
                .path("awaits")
                .path("token")
                .asString();
        String callback = "/v1/tokens/" + token + "/complete";
        assertThat(http.post(callback, "\"17 EUR\"").status()).isEqualTo(200);
        await("it ends")
                .atMost(Duration.ofSeconds(30))
                .until(() -> http.get(run).json().path("state").asString().equals("FINISHED"));
        var ended = http.get(run).json();
        assertThat(ended.path("output").asString()).isEqualTo("17 EUR");
        assertThat(ended.path("steps").get(0).path("result").path("id").asString())
                .isEqualTo(token);
        assertThat(http.get(run + "/stream").body()).contains(callback);
    }

    @Test
    void aTaskNamesTheLaneByTheInput() throws Exception {
        var started = http.post("/v1/tasks/turn/runs", "{\"input\": \"7\"}");
        assertThat(http.get("/v1/runs/" + started.json().path("id").asString())
                        .json()
                        .path("lane")
                        .asString())
                .isEqualTo("of 7");
        var unnamed = http.post("/v1/tasks/turn/runs", "{\"input\": \"seven\"}");
        assertThat(unnamed.status()).isEqualTo(422);
        assertThat(unnamed.code()).isEqualTo("input_invalid");
        assertThat(unnamed.json().path("detail").asString()).contains("'turn'", "lane");
        assertThat(http.post("/v1/tasks/turn/runs", "{\"input\": 7}").code()).isEqualTo("input_invalid");
        assertThat(http.post("/v1/tasks/turn/runs", "{\"input\": null}").code()).isEqualTo("lane_required");
    }
}
