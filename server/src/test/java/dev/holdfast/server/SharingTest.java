package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.Frame;
import dev.holdfast.engine.StartRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What pages of other origins may ask for; requests are written by hand, as browsers write them. */
@Timeout(30)
class SharingTest {
    private static final String APP = "https://app.example.com";
    private static final String EVIL = "https://evil.example.com";

    private final FakeRuns runs = new FakeRuns();
    private final Server server = Server.open(
            ServerOptions.onPort(0).allowOrigin("https://App.example.com:443").allowOrigin("http://localhost:3000"));
    private final RunId id = runs.start(new StartRequest(
                    Namespace.DEFAULT, "noop", "null", StartRequest.Identity.NONE, StartRequest.Options.NONE))
            .id();

    @BeforeEach
    void serve() {
        server.serve(new FakeNode(runs));
        runs.tell(id, new Frame("done", id + ".9.3", 2, null, "{\"seq\":3}"));
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void anAllowedPageMayReadAStream() throws Exception {
        Answered answered = ask(server, "GET", "/v1/runs/" + id + "/stream", "Origin: " + APP);

        assertThat(answered.status()).isEqualTo(200);
        assertThat(answered.all("access-control-allow-origin")).containsExactly(APP);
        assertThat(answered.all("vary")).contains("Origin");
        assertThat(answered.all("access-control-allow-credentials")).isEmpty();
        assertThat(answered.body()).contains("event: done");
    }

    @Test
    void whatIsRefusedCanBeReadByItToo() throws Exception {
        Answered answered = ask(server, "GET", "/v1/runs/" + new RunId(5, 5) + "/stream", "Origin: " + APP);

        assertThat(answered.status()).isEqualTo(404);
        assertThat(answered.all("access-control-allow-origin")).containsExactly(APP);
        assertThat(answered.body()).contains("run_unknown");
    }

    @Test
    void otherPagesMayNotAndCachesKnowThatItDepends() throws Exception {
        for (String origin : List.of(EVIL, "null", "http://app.example.com", "https://app.example.com:8443", "*")) {
            Answered answered = ask(server, "GET", "/v1/runs/" + id + "/stream", "Origin: " + origin);
            assertThat(answered.all("access-control-allow-origin")).as(origin).isEmpty();
            assertThat(answered.all("vary")).as(origin).contains("Origin");
        }
        Answered bare = ask(server, "GET", "/v1/runs/" + id + "/stream");
        assertThat(bare.all("access-control-allow-origin")).isEmpty();
        assertThat(bare.all("vary")).contains("Origin");
    }

    @Test
    void nothingElseIsShared() throws Exception {
        for (String path : List.of("/v1/runs", "/v1/runs/" + id, "/v1/runs/" + id + "/steps", "/metrics", "/")) {
            assertThat(ask(server, "GET", path, "Origin: " + APP).all("access-control-allow-origin"))
                    .as(path)
                    .isEmpty();
        }
        Answered start = ask(server, "POST", "/v1/tasks/noop/runs", "Origin: " + APP);
        assertThat(start.status()).isEqualTo(403);
        assertThat(start.body()).contains("origin_refused");
        assertThat(ask(server, "POST", "/v1/runs/" + id + "/links", "Origin: " + APP)
                        .body())
                .contains("origin_refused");
    }

    @Test
    void aBrowserThatAsksBeforeItAsksIsTold() throws Exception {
        Answered yes = preflight(APP, "GET", "/v1/runs/" + id + "/stream");
        assertThat(yes.status()).isEqualTo(204);
        assertThat(yes.all("access-control-allow-origin")).containsExactly(APP);
        assertThat(yes.all("access-control-allow-methods")).containsExactly("GET");
        assertThat(yes.all("access-control-allow-headers").getFirst()).contains("Authorization", "Last-Event-ID");
        assertThat(yes.all("access-control-max-age")).containsExactly("600");
        assertThat(yes.all("vary")).contains("Origin");
        assertThat(yes.all("access-control-allow-credentials")).isEmpty();
        assertThat(preflight("http://localhost:3000", "GET", "/v1/runs/" + id + "/stream")
                        .status())
                .isEqualTo(204);

        assertThat(preflight(APP, "POST", "/v1/runs/" + id + "/cancel").status())
                .isEqualTo(204);

        for (Answered no : List.of(
                preflight(EVIL, "GET", "/v1/runs/" + id + "/stream"),
                preflight(APP, "GET", "/v1/runs"),
                preflight(APP, "POST", "/v1/tasks/noop/runs"))) {
            assertThat(no.status()).isEqualTo(403);
            assertThat(no.body()).contains("origin_refused");
            assertThat(no.all("access-control-allow-origin")).isEmpty();
        }
        assertThat(preflight(APP, "DELETE", "/v1/runs/" + id + "/stream").status())
                .isEqualTo(405);
    }

    @Test
    void withoutTheOptionNothingIsShared() throws Exception {
        try (var closed = Server.open(ServerOptions.onPort(0))) {
            closed.serve(new FakeNode(runs));
            Answered answered = ask(closed, "GET", "/v1/runs/" + id + "/stream", "Origin: " + APP);
            assertThat(answered.status()).isEqualTo(200);
            assertThat(answered.all("access-control-allow-origin")).isEmpty();
            assertThat(answered.all("vary")).isEmpty();
        }
    }

    @Test
    void whatIsNoOriginIsNotAllowed() {
        for (String wrong : List.of("*", "null", "app.example.com", "https://a/b", "https://*.example.com")) {
            assertThatThrownBy(() -> ServerOptions.onPort(0).allowOrigin(wrong))
                    .as(wrong)
                    .isInstanceOfSatisfying(
                            Refused.class, e -> assertThat(e.code()).isEqualTo("origin_invalid"));
        }
    }

    private Answered preflight(String origin, String method, String path) throws IOException {
        return ask(
                server,
                "OPTIONS",
                path,
                "Origin: " + origin,
                "Access-Control-Request-Method: " + method,
                "Access-Control-Request-Headers: authorization");
    }

    private record Answered(int status, List<String> headers, String body) {
        List<String> all(String name) {
            return headers.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .toList();
        }
    }

    private static Answered ask(Server server, String method, String path, String... headers) throws IOException {
        var lines = new ArrayList<>(List.of(method + " " + path + " HTTP/1.1", "Host: 127.0.0.1", "Connection: close"));
        lines.addAll(List.of(headers));
        if (method.equals("POST")) lines.add("Content-Length: 0");
        try (var socket =
                new Socket(InetAddress.getLoopbackAddress(), server.url().getPort())) {
            socket.setSoTimeout(10_000);
            String request = String.join("\r\n", lines) + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int end = answer.indexOf("\r\n\r\n");
            List<String> head = List.of(answer.substring(0, end).split("\r\n", -1));
            return new Answered(Integer.parseInt(head.getFirst().substring(9, 12)), head, answer.substring(end + 4));
        }
    }
}
