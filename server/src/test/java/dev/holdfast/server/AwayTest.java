package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import dev.holdfast.node.ApiKey.Scope;
import dev.holdfast.node.ApiKeys;
import dev.holdfast.node.ClusterOptions;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.NodeOptions;
import dev.holdfast.sdk.Task;
import dev.holdfast.testkit.ProcessTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is asked of a node while its database does not answer. */
@ProcessTest
@Timeout(180)
class AwayTest {
    private static final Task<String, String> ECHO = Task.named("echo", String.class, String.class);
    private static final String DATABASE = "mine";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** What is on its way when the node is cut off ends with it, after 4 s; the machine may be busy. */
    private static final Duration LONGEST = Duration.ofSeconds(8);

    private final LocalPostgres database = LocalPostgres.temporary(Settings.standard());
    private final Server server = Server.open(ServerOptions.onPort(0));
    private final Http http = new Http(server.url());
    private Holdfast node;
    private String key = "";

    /** How a request was answered, and when. */
    private record Answered(Http.Response response, Duration took) {}

    @BeforeEach
    void serve() {
        database.createDatabase(DATABASE);
        String url = database.url(DATABASE).toString();
        try (var keys = ApiKeys.at(url)) {
            key = keys.create("chief", Scope.ADMIN).key();
        }
        node = Holdfast.cluster(
                ClusterOptions.at(url), NodeOptions.defaults(), List.of(ECHO.handle((ctx, input) -> input)));
        server.serve(node);
    }

    @AfterEach
    void end() {
        http.close();
        server.close();
        node.close();
        database.close();
    }

    @Test
    void everythingIsRefusedSoonAndMetricsAreAnswered() throws Exception {
        assertThat(ask("/v1/runs").response().status()).isEqualTo(200);
        assertThat(ask("/metrics").response().body()).contains("holdfast_runs_unhosted 0");
        database.pause();
        List<Answered> first = together(30, "/v1/runs");
        assertThat(first).allMatch(each -> each.response().status() == 503);
        assertThat(first).allMatch(each -> each.took().compareTo(LONGEST) < 0);

        await("it says so").atMost(PATIENCE).until(() -> http.get("/readyz").status() == 503);
        List<Answered> later = together(30, "/v1/runs");
        later.addAll(together(5, "/v1/nodes"));
        assertThat(later)
                .allMatch(each -> List.of("suspended", "fenced", "rejoining")
                        .contains(each.response().code()))
                .allMatch(each -> each.took().compareTo(Duration.ofSeconds(2)) < 0)
                .allMatch(each -> each.response().header("Retry-After").equals("1"));
        for (Answered metrics : together(5, "/metrics")) {
            assertThat(metrics.response().status()).isEqualTo(200);
            assertThat(metrics.response().body())
                    .contains("holdfast_http_requests_total")
                    .doesNotContain("holdfast_runs_unhosted ");
            assertThat(metrics.took()).isLessThan(Duration.ofSeconds(3));
        }
        assertThat(http.get("/metrics").code()).isEqualTo("key_required");

        database.resume();
        await("it serves again")
                .atMost(PATIENCE)
                .until(() -> ask("/v1/runs").response().status() == 200);
        assertThat(ask("/metrics").response().body()).contains("holdfast_runs_unhosted 0");
    }

    private List<Answered> together(int many, String path) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Answered> one = () -> ask(path);
            var asked = new ArrayList<Future<Answered>>();
            for (int i = 0; i < many; i++) asked.add(threads.submit(one));
            var answered = new ArrayList<Answered>();
            for (var each : asked) answered.add(each.get());
            return answered;
        }
    }

    private Answered ask(String path) throws Exception {
        long began = System.nanoTime();
        Http.Response response = http.send("GET", path, "", Map.of("Authorization", "Bearer " + key));
        return new Answered(response, Duration.ofNanos(System.nanoTime() - began));
    }
}
