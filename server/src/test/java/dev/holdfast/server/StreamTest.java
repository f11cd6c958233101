package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.Frame;
import dev.holdfast.engine.StartRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams as Server-Sent Events. */
@Timeout(60)
class StreamTest {
    private final FakeRuns runs = new FakeRuns();
    private final Server server = Server.open(new ServerOptions(
            "127.0.0.1",
            0,
            null,
            Origins.NONE,
            Duration.ofMillis(200),
            Duration.ofSeconds(2),
            Duration.ofMillis(500),
            Duration.ofSeconds(1)));
    private final RunId id = runs.start(new StartRequest(
                    Namespace.DEFAULT, "noop", "null", StartRequest.Identity.NONE, StartRequest.Options.NONE))
            .id();

    @BeforeEach
    void serve() {
        server.serve(new FakeNode(runs));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Frame chunk(int number, String json) {
        return new Frame("chunk", id + "." + number + ".2", 1, "1/1", json);
    }

    private Frame done() {
        return new Frame("done", id + ".9.3", 2, null, "{\"seq\":3,\n \"state\":\"FINISHED\"}");
    }

    private BufferedReader open(String query, String lastEventId) throws IOException {
        var connection = (HttpURLConnection) server.url()
                .resolve("/v1/runs/" + id + "/stream" + query)
                .toURL()
                .openConnection();
        connection.setReadTimeout(10_000);
        if (!lastEventId.isEmpty()) connection.setRequestProperty("Last-Event-ID", lastEventId);
        assertThat(connection.getResponseCode()).isEqualTo(200);
        assertThat(connection.getContentType()).isEqualTo("text/event-stream");
        return new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
    }

    private static List<String> fields(BufferedReader in, int events) throws IOException {
        var lines = new ArrayList<String>();
        int seen = 0;
        while (seen < events) {
            String line = in.readLine();
            if (line == null) throw new AssertionError("the stream ended after " + lines);
            if (line.startsWith("data:")) seen++;
            if (line.matches("(event|id|data): .*")) lines.add(line);
        }
        return lines;
    }

    @Test
    void eventsComeAsTheyAreToldAndDoneIsTheEnd() throws Exception {
        runs.tell(id, chunk(1, "\"héllo\\n\""));
        try (BufferedReader in = open("", "")) {
            assertThat(fields(in, 1))
                    .containsExactly(
                            "event: chunk",
                            "id: " + id + ".1.2",
                            "data: {\"epoch\":1,\"step\":\"1/1\",\"data\":\"héllo\\n\"}");
            runs.tell(id, chunk(2, "{\"a\":1}"));
            assertThat(fields(in, 1)).contains("data: {\"epoch\":1,\"step\":\"1/1\",\"data\":{\"a\":1}}");
            runs.tell(id, done());
            assertThat(fields(in, 1))
                    .contains("data: {\"epoch\":2,\"step\":null,\"data\":{\"seq\":3,  \"state\":\"FINISHED\"}}");
            assertThat(in.readLine()).isEmpty();
            assertThat(in.readLine()).isNull();
        }
        await("the watch was closed").atMost(Duration.ofSeconds(5)).until(() -> runs.watching == 0);
    }

    @Test
    void aWatcherResumesAfterTheLastEvent() throws Exception {
        runs.tell(id, chunk(1, "1"));
        runs.tell(id, chunk(2, "2"));
        runs.tell(id, done());
        try (BufferedReader in = open("?from=" + id + ".1.2", "")) {
            assertThat(fields(in, 2)).contains("id: " + id + ".2.2").doesNotContain("id: " + id + ".1.2");
        }
        try (BufferedReader in = open("?from=" + id + ".1.2", id + ".2.2")) {
            assertThat(fields(in, 1)).contains("event: done");
        }
    }

    @Test
    void aForeignCursorIsAProblem() throws Exception {
        try (var http = new Http(server.url())) {
            var response = http.get("/v1/runs/" + id + "/stream?from=" + new RunId(5, 5) + ".1.1");
            assertThat(response.status()).isEqualTo(404);
            assertThat(response.code()).isEqualTo("cursor_unknown");
            assertThat(http.get("/v1/runs/" + new RunId(5, 5) + "/stream").code())
                    .isEqualTo("run_unknown");
        }
    }

    @Test
    void aSilentStreamIsKeptAlive() throws Exception {
        try (BufferedReader in = open("", "")) {
            int comments = 0;
            // For longer than a client may be silent: whoever only listens is not meant.
            while (comments < 6) {
                if (":".equals(in.readLine())) comments++;
            }
        }
        // The keep-alive finds the dead connection.
        await("the watch was closed").atMost(Duration.ofSeconds(10)).until(() -> runs.watching == 0);
    }

    private static Unavailable away(String code) {
        return Unavailable.notApplied(code, "it does not answer", null);
    }

    @Test
    void aStreamIsKeptWhileWhatItReadsDoesNotAnswer() throws Exception {
        runs.tell(id, chunk(1, "1"));
        try (BufferedReader in = open("", "")) {
            fields(in, 1);
            runs.failure = away("nats_away");
            runs.tell(id, chunk(2, "2"));
            int comments = 0;
            while (comments < 3) {
                String line = in.readLine();
                assertThat(line).as("after %s comments", comments).isNotNull().doesNotStartWith("data");
                if (line.equals(":")) comments++;
            }
            runs.failure = null;
            assertThat(fields(in, 1)).contains("id: " + id + ".2.2");
        }
    }

    @Test
    void aStreamEndsWhenWhatItReadsIsAwayForLong() throws Exception {
        var times = new Lasting.Times(Duration.ofMillis(10), Duration.ofMillis(300));
        try (var watch = new Lasting(runs.watch(Namespace.DEFAULT, id, null), times)) {
            runs.failure = away("nats_away");
            assertThat(watch.next(Duration.ofMillis(50))).isEmpty();
            assertThatThrownBy(() -> watch.next(Duration.ofSeconds(5)))
                    .isInstanceOfSatisfying(
                            Unavailable.class, e -> assertThat(e.code()).isEqualTo("nats_away"));
            runs.failure = null;
            assertThat(watch.next(Duration.ofMillis(50)))
                    .as("it is there again")
                    .isEmpty();
            runs.failure = away("closing");
            assertThatThrownBy(() -> watch.next(Duration.ofSeconds(5)))
                    .isInstanceOfSatisfying(
                            Unavailable.class, e -> assertThat(e.code()).isEqualTo("closing"));
        }
    }

    @Test
    void whoLooksAfterStreamsIsStoppedByNothing() throws Exception {
        String link;
        try (var http = new Http(server.url())) {
            link = http.post("/v1/runs/" + id + "/links", "{\"ttl\": \"3s\"}")
                    .json()
                    .path("url")
                    .asString();
        }
        try (BufferedReader in = open("?" + URI.create(link).getQuery(), "")) {
            runs.keysFailure = new IllegalStateException("nobody has thought of this");
            await("the keys are asked for in vain")
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> runs.keysFailed.get() > 0);
            runs.keysFailure = null;
            assertThat(fields(in, 1)).contains("event: refused");
        }
    }

    /** It gives up for good when it is answered anything but a stream. */
    @Test
    void anEventSourceIsToldToComeAgainWhenThereIsNothingToRead() throws Exception {
        String path = "/v1/runs/" + id + "/stream";
        var browser = Map.of("Accept", "text/event-stream");
        runs.failure = away("nats_away");
        try (var http = new Http(server.url())) {
            Http.Response later = http.send("GET", path, "", browser);
            assertThat(later.status()).isEqualTo(200);
            assertThat(later.header("Content-Type")).isEqualTo("text/event-stream");
            assertThat(later.body())
                    .contains("retry: 1000")
                    .contains("nats_away")
                    .doesNotContain("data");
            for (var other : List.of(
                    Map.<String, String>of(), Map.of("Accept", "text/event-stream, application/problem+json"))) {
                Http.Response problem = http.send("GET", path, "", other);
                assertThat(problem.status()).isEqualTo(503);
                assertThat(problem.code()).isEqualTo("nats_away");
            }
            var writing = Map.of("Accept", "text/event-stream", "Content-Type", "application/json");
            assertThat(http.send("POST", "/v1/tasks/noop/runs", "{}", writing).status())
                    .isEqualTo(503);
            String nobody = "/v1/runs/" + new RunId(5, 5) + "/stream";
            runs.failure = null;
            assertThat(http.send("GET", nobody, "", browser).code()).isEqualTo("run_unknown");
        }
        try (var starting = Server.open(ServerOptions.onPort(0));
                var http = new Http(starting.url())) {
            assertThat(http.send("GET", path, "", browser).status()).isEqualTo(200);
        }
    }

    @Test
    void aWatcherThatReadsNothingIsCutOff() throws Exception {
        String large = "\"" + "x".repeat(60_000) + "\"";
        for (int i = 1; i <= 400; i++) runs.tell(id, chunk(i, large));
        try (var socket =
                new Socket(InetAddress.getLoopbackAddress(), server.url().getPort())) {
            String request = "GET /v1/runs/" + id + "/stream HTTP/1.1\r\nHost: localhost\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            await("it began").atMost(Duration.ofSeconds(10)).until(() -> runs.watching == 1);
            await("it was cut off").atMost(Duration.ofSeconds(20)).until(() -> runs.watching == 0);
        }
    }

    @Test
    void closingEndsStreamsSoon() throws Exception {
        try (BufferedReader in = open("", "")) {
            assertThat(in.readLine()).startsWith("retry");
            long begun = System.nanoTime();
            server.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
            await("the watch was closed").atMost(Duration.ofSeconds(5)).until(() -> runs.watching == 0);
        }
    }
}
