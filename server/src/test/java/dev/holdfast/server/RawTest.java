package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Namespace;
import dev.holdfast.engine.port.RunFilter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests as no client library sends them, byte for byte. */
class RawTest {
    private static final String START = "POST /v1/tasks/noop/runs HTTP/1.1\r\nHost: localhost\r\n";
    private static final String JSON = "Content-Type: application/json\r\n";
    private static final Duration ARRIVAL = Duration.ofMillis(300);

    private final FakeRuns runs = new FakeRuns();
    private final Server server = Server.open(new ServerOptions(
            "127.0.0.1",
            0,
            null,
            Origins.NONE,
            Duration.ofSeconds(15),
            Duration.ofSeconds(30),
            ARRIVAL,
            Duration.ofSeconds(1)));
    private final List<LogRecord> severe = new CopyOnWriteArrayList<>();
    private final Handler listener = new Handler() {
        @Override
        public void publish(LogRecord line) {
            if (line.getLevel().intValue() >= Level.SEVERE.intValue()) severe.add(line);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void serve() {
        server.serve(new FakeNode(runs));
        Logger.getLogger("").addHandler(listener);
    }

    @AfterEach
    void close() {
        Logger.getLogger("").removeHandler(listener);
        server.close();
        assertThat(severe).isEmpty();
    }

    /** All that is answered until the server closes the connection, or is silent while the client waits for more. */
    private String raw(String request) throws IOException {
        try (var socket = socket()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Socket socket() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), server.url().getPort());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private void refused(String request, String why) throws IOException {
        String answer = raw(request);
        assertThat(answer).as(request).startsWith("HTTP/1.1 400").contains("\"code\":\"request_malformed\"", why);
        assertThat(answer.split("HTTP/1.1 ", -1)).as("one answer, then the end").hasSize(2);
    }

    @Test
    void aBodyWhoseEndNobodyKnowsIsRefusedAndTheConnectionClosed() throws Exception {
        String chunked = START + JSON + "Transfer-Encoding: chunked\r\n";
        String next = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
        refused(chunked + "\r\nzz\r\n{}\r\n0\r\n\r\n" + next, "chunks");
        refused(chunked + "\r\n-2\r\n{}\r\n0\r\n\r\n" + next, "chunks");
        refused(chunked + "Content-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + next, "Transfer-Encoding");
        refused(START + JSON + "Content-Length: -5\r\n\r\n{}" + next, "Content-Length");
        refused(START + JSON + "Content-Length: +2\r\n\r\n{}" + next, "Content-Length");
        refused(START + JSON + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}" + next, "Content-Length");
        refused(START + "Idempotency-Key: a\r\nIdempotency-Key: b\r\n\r\n" + next, "Idempotency-Key");
        assertThat(runs.list(Namespace.DEFAULT, RunFilter.ALL, null, 10)).isEmpty();
    }

    @Test
    void whoeverStopsInTheMiddleIsLetGo() throws Exception {
        for (String half :
                new String[] {START, START + "Content-Le", START + JSON + "Content-Length: 20\r\n\r\n{\"input\":"}) {
            // It returns when the server has closed, and would fail after 10 s.
            raw(half);
        }
    }

    @Test
    void theHeadOfWhatIsThereCanBeAskedFor() throws Exception {
        String end = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        String whole = raw("GET /livez" + end);
        String head = raw("HEAD /livez" + end);
        assertThat(head)
                .startsWith("HTTP/1.1 200")
                .contains("Content-Length: 6")
                .endsWith("\r\n\r\n");
        assertThat(head.lines().filter(l -> !l.startsWith("Date")))
                .containsExactlyInAnyOrderElementsOf(whole.substring(0, whole.indexOf("\r\n\r\n") + 4)
                        .lines()
                        .filter(l -> !l.startsWith("Date"))
                        .toList());
        assertThat(raw("HEAD /v1/runs/run_1" + end)).startsWith("HTTP/1.1 400").endsWith("\r\n\r\n");
        assertThat(raw("HEAD /v1/tasks/noop/runs" + end)).startsWith("HTTP/1.1 405");
    }

    @Test
    void aNameHasNoCaseAndMayEndWithADot() throws Exception {
        for (String host : new String[] {"LocalHost", "localhost.", "LOCALHOST.:80", "127.0.0.1", "[::1]:7007"}) {
            assertThat(raw("GET /livez HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                    .as(host)
                    .startsWith("HTTP/1.1 200");
        }
        for (String host : new String[] {"localhost..", "localhost.evil.example", "."}) {
            assertThat(raw("GET /livez HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                    .as(host)
                    .doesNotStartWith("HTTP/1.1 200");
        }
    }
}
