package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Refused;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.node.ApiKey.Scope;
import dev.holdfast.node.ApiKeys;
import dev.holdfast.node.ClusterOptions;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.KeyBook;
import dev.holdfast.node.NodeOptions;
import dev.holdfast.sdk.Task;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that listens on this machine only, and which others reach by a balancer that is there, too. */
@Timeout(60)
class BalancerTest {
    private static final Task<String, String> ECHO = Task.named("echo", String.class, String.class);
    private static final ServerOptions BEHIND = ServerOptions.onPort(0).origin("https://Runs.example.com:443");

    private final TestDatabase database = TestDatabase.fresh();
    private final ApiKeys keys = ApiKeys.at(database.url().toString());

    @AfterEach
    void drop() {
        keys.close();
        database.close();
    }

    @Test
    void behindABalancerItNeedsAKeyThatHolds() throws Exception {
        refusesToBegin();
        var only = keys.create("only", Scope.ADMIN);
        try (var server = Server.open(BEHIND, keys::book);
                var http = new Http(server.url())) {
            // Whatever the database has lost since: the server that was open to nobody is open to nobody.
            server.serve(new FakeNode(new FakeRuns()));
            assertThat(http.get("/v1/runs").code()).isEqualTo("key_required");
        }
        try (var server = Server.open(BEHIND, keys::book);
                var http = new Http(server.url());
                var node = node()) {
            server.serve(node);
            keys.revoke(only.what().id());
            assertThat(http.get("/v1/runs").status()).isEqualTo(401);
        }
        refusesToBegin();
    }

    private void refusesToBegin() {
        assertThatThrownBy(() -> Server.open(BEHIND, keys::book))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("keys_required"))
                .hasMessageContaining("runs.example.com")
                .hasMessageContaining("holdfast keys create");
    }

    @Test
    void anotherPageOfThisMachineLeadsNobodyHere() {
        for (String own : List.of("http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000")) {
            Server.open(ServerOptions.onPort(0).origin(own), KeyBook::empty).close();
        }
    }

    @Test
    void thePageIsShownByABalancerToo() throws Exception {
        String key = keys.create("page", Scope.WRITE).key();
        try (var server = Server.open(BEHIND, keys::book);
                var node = node()) {
            server.serve(node);
            assertThat(start(server, key, "https://runs.example.com", "runs.example.com"))
                    .startsWith("HTTP/1.1 201");
            assertThat(start(server, key, "https://runs.example.com", "127.0.0.1"))
                    .startsWith("HTTP/1.1 201");
            for (String foreign : List.of("https://runs.example.com:8443", "https://evil.example.com", "null")) {
                assertThat(start(server, key, foreign, "runs.example.com")).contains("origin_refused");
            }
            assertThat(start(server, key, "https://runs.example.com", "evil.example.com"))
                    .contains("host_refused");
        }
        for (String wrong : List.of("runs.example.com", "https://a/b", "ftp://a", "https://u@a", "*")) {
            assertThatThrownBy(() -> ServerOptions.onPort(0).origin(wrong))
                    .isInstanceOfSatisfying(
                            Refused.class, e -> assertThat(e.code()).isEqualTo("origin_invalid"));
        }
    }

    private Holdfast node() {
        return Holdfast.cluster(
                ClusterOptions.at(database.url().toString()),
                NodeOptions.defaults(),
                List.of(ECHO.handle((ctx, input) -> input)));
    }

    /** By hand, as clients choose the name in Host themselves. */
    private static String start(Server server, String key, String origin, String host) throws IOException {
        String body = "{\"input\": \"x\"}";
        try (var socket =
                new Socket(InetAddress.getLoopbackAddress(), server.url().getPort())) {
            socket.setSoTimeout(10_000);
            String request = "POST /v1/tasks/echo/runs HTTP/1.1\r\nHost: " + host + "\r\nOrigin: " + origin
                    + "\r\nAuthorization: Bearer " + key
                    + "\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: "
                    + body.length() + "\r\n\r\n" + body;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
