package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Refused;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.node.ApiKey.Scope;
import dev.holdfast.node.ApiKeys;
import dev.holdfast.node.ClusterOptions;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.NodeOptions;
import dev.holdfast.sdk.Task;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** API keys, on two nodes of one cluster. */
@Timeout(120)
class KeysTest {
    private static final Task<String, String> ECHO = Task.named("echo", String.class, String.class);
    private static final String RUNS = "/v1/tasks/echo/runs";
    private static final String START = "{\"input\": \"x\"}";

    private final TestDatabase database = TestDatabase.fresh();
    private final ApiKeys keys = ApiKeys.at(database.url().toString());
    private final Server one = Server.open(ServerOptions.onPort(0));
    private final Server two = Server.open(ServerOptions.onPort(0));
    private final Http first = new Http(one.url());
    private final Http second = new Http(two.url());
    private Holdfast nodeOne;
    private Holdfast nodeTwo;

    @BeforeEach
    void join() {
        nodeOne = node("one");
        nodeTwo = node("two");
        one.serve(nodeOne);
        two.serve(nodeTwo);
    }

    private Holdfast node(String label) {
        var cluster = ClusterOptions.at(database.url().toString()).label(label);
        return Holdfast.cluster(cluster, NodeOptions.defaults(), List.of(ECHO.handle((ctx, input) -> input)));
    }

    @AfterEach
    void leave() {
        first.close();
        second.close();
        one.close();
        two.close();
        nodeOne.close();
        nodeTwo.close();
        keys.close();
        database.close();
    }

    @Test
    void withoutAnyKeyEverythingIsOpenOnThisMachine() throws Exception {
        assertThat(first.post(RUNS, START).status()).isEqualTo(201);
        assertThat(ask(first, "GET", "/v1/runs", "hf_whatever").status()).isEqualTo(200);
    }

    @Test
    void scopesSayWhatAKeyIsFor() throws Exception {
        String read = keys.create("reader", Scope.READ).key();
        String write = keys.create("writer", Scope.WRITE).key();
        String admin = keys.create("chief", Scope.ADMIN).key();
        assertThat(ask(first, "GET", "/v1/runs", read).status()).isEqualTo(200);

        Http.Response bare = first.get("/v1/runs");
        assertThat(bare.status()).isEqualTo(401);
        assertThat(bare.code()).isEqualTo("key_required");
        assertThat(bare.header("WWW-Authenticate")).startsWith("Bearer");
        Http.Response refused = ask(first, "POST", RUNS, read);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("scope_missing");
        assertThat(refused.body()).contains("reader", "write").doesNotContain(read);

        Http.Response started = ask(first, "POST", RUNS, write);
        assertThat(started.status()).isEqualTo(201);
        String run = "/v1/runs/" + started.json().path("id").asString();
        assertThat(ask(second, "DELETE", run, write).code()).isEqualTo("scope_missing");
        assertThat(ask(second, "PATCH", "/v1/queues/default", write).code()).isEqualTo("scope_missing");
        assertThat(ask(second, "PATCH", "/v1/queues/default", admin).code()).isNotEqualTo("scope_missing");
        assertThat(ask(second, "DELETE", run, admin).code()).isNotEqualTo("scope_missing");
        // Browsers cannot add a header to what they open.
        assertThat(first.send("GET", "/v1/runs", "", Map.of("Cookie", "a=b; holdfast_key=" + read))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void healthAndPagesNeedNone() throws Exception {
        keys.create("any", Scope.READ);
        String key = keys.create("other", Scope.READ).key();
        ask(first, "GET", "/v1/runs", key);
        for (String path : List.of("/livez", "/readyz", "/openapi.json", "/", "/page/page.js")) {
            assertThat(first.get(path).status()).as(path).isEqualTo(200);
        }
        assertThat(first.get("/metrics").status()).isEqualTo(401);
        assertThat(first.get("/v1/nodes").status()).isEqualTo(401);
    }

    @Test
    void aNewKeyCountsOnAllNodesAtOnceAndARevokedOneOnNoneASecondLater() throws Exception {
        String old = keys.create("old", Scope.READ).key();
        assertThat(ask(first, "GET", "/v1/runs", old).status()).isEqualTo(200);
        assertThat(ask(second, "GET", "/v1/runs", old).status()).isEqualTo(200);

        var made = keys.create("new", Scope.READ);
        assertThat(ask(first, "GET", "/v1/runs", made.key()).status()).isEqualTo(200);
        assertThat(ask(second, "GET", "/v1/runs", made.key()).status()).isEqualTo(200);

        keys.revoke(made.what().id());
        long revoked = System.nanoTime();
        for (Http http : List.of(first, second)) {
            Http.Response answer = ask(http, "GET", "/v1/runs", made.key());
            while (answer.status() == 200) {
                assertThat(Duration.ofNanos(System.nanoTime() - revoked)).isLessThan(Duration.ofMillis(1_500));
                answer = ask(http, "GET", "/v1/runs", made.key());
            }
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.code()).isEqualTo("key_revoked");
        }
        assertThat(ask(first, "GET", "/v1/runs", old).status()).isEqualTo(200);
    }

    @Test
    void theSecretCountsAndNotTheId() throws Exception {
        String key = keys.create("any", Scope.READ).key();
        String other = keys.create("other", Scope.READ).key();
        String mixed = key.substring(0, key.lastIndexOf('_')) + other.substring(other.lastIndexOf('_'));

        assertThat(ask(first, "GET", "/v1/runs", mixed).code()).isEqualTo("key_unknown");
        assertThat(ask(first, "GET", "/v1/runs", key.substring(0, key.length() - 1))
                        .code())
                .isEqualTo("key_unknown");
        assertThat(ask(first, "GET", "/v1/runs", key).status()).isEqualTo(200);
    }

    @Test
    void theLastRevocationOpensNothing() throws Exception {
        var made = keys.create("only", Scope.ADMIN);
        keys.revoke(made.what().id());
        keys.revoke(made.what().id());
        assertThat(keys.list()).singleElement().matches(key -> !key.holds());

        Http.Response answer = ask(first, "GET", "/v1/runs", made.key());

        assertThat(answer.code()).isEqualTo("key_revoked");
        assertThat(first.get("/v1/runs").code()).isEqualTo("key_required");
        assertThatThrownBy(() -> keys.revoke("0123456789ab"))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("key_unknown"));
    }

    @Test
    void beyondThisMachineItNeedsAKeyThatHolds() throws Exception {
        var options = ServerOptions.onPort(0).host("0.0.0.0");
        var made = keys.create("revoked", Scope.ADMIN);
        keys.revoke(made.what().id());
        assertThatThrownBy(() -> Server.open(options, keys::book))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("keys_required"));
        String key = keys.create("good", Scope.READ).key();
        try (var outside = Server.open(options, keys::book);
                var http = new Http(outside.url())) {
            outside.serve(nodeOne);
            assertThat(http.get("/v1/runs").code()).isEqualTo("key_required");
            assertThat(ask(http, "GET", "/v1/runs", key).status()).isEqualTo(200);
        }
    }

    private static Http.Response ask(Http http, String method, String path, String key) throws Exception {
        var headers = Map.of("Authorization", "Bearer " + key, "Content-Type", "application/json");
        return http.send(method, path, method.equals("POST") ? START : "", headers);
    }
}
