package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.engine.EngineOptions;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.node.ClusterOptions;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.NodeOptions;
import dev.holdfast.sdk.Task;
import dev.holdfast.testkit.ProcessTest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@code /metrics} says of the other nodes. */
@Timeout(120)
@ProcessTest
class RingMetricsTest {
    private static final Task<String, String> ECHO = Task.named("echo", String.class, String.class);

    @Test
    void aNodeCountsTheOthersAndThoseThatItHasFoundDead() throws Exception {
        try (var database = TestDatabase.fresh();
                var server = Server.open(ServerOptions.onPort(0));
                var http = new Http(server.url());
                var one = node(database, EngineOptions.defaults().meter(server.meter()))) {
            server.serve(one);
            assertThat(metrics(http)).contains("holdfast_nodes 1").doesNotContain("holdfast_takeover_seconds_count 1");
            try (var two = node(database, EngineOptions.defaults())) {
                await("it sees the other one")
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> metrics(http).contains("holdfast_nodes 2"));
                long number = two.ring().own();

                database.server()
                        .query(
                                database.name(),
                                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holdfast/"
                                        + number + "'");

                await("it has found it dead")
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> metrics(http).contains("holdfast_takeover_seconds_count 1"));
                assertThat(metrics(http)).containsPattern("holdfast_takeovers_total\\{how=\"(RING|SWEEP)\"} 1");
                await("it has come back as another one")
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> metrics(http).contains("holdfast_nodes 2"));
            }
            await("it has left, which is no death")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> metrics(http).contains("holdfast_nodes 1"));
            assertThat(metrics(http)).contains("holdfast_takeover_seconds_count 1");
        }
    }

    private static String metrics(Http http) throws Exception {
        return http.get("/metrics").body();
    }

    private static Holdfast node(TestDatabase database, EngineOptions engine) {
        return Holdfast.cluster(
                ClusterOptions.at(database.url().toString()),
                NodeOptions.defaults().engine(engine),
                List.of(ECHO.handle((ctx, input) -> input)));
    }
}
