package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a stream is followed that breaks in the middle: each connection says what the test wants, and ends. */
@Timeout(30)
class FollowerTest {
    private static final String RUN = "run_00000000000000000000000000";
    private static final String CHUNK =
            "event: chunk\nid: " + RUN + ".1.2\ndata: {\"epoch\":1,\"step\":\"1/1\",\"data\":\"a\"}\n\n";
    private static final String DONE =
            "event: done\nid: " + RUN + ".2.3\ndata: {\"epoch\":1,\"step\":null,\"data\":{\"state\":\"FINISHED\"}}\n\n";
    private static final String REFUSED =
            "event: refused\ndata: {\"code\":\"key_revoked\",\"detail\":\"use another one\"}\n\n";

    private final List<String> connections = Collections.synchronizedList(new ArrayList<>());
    private final List<String> cursors = Collections.synchronizedList(new ArrayList<>());
    private final List<String> seen = new ArrayList<>();
    private HttpServer server;
    private Follower follower;

    @BeforeEach
    void serve() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/runs/" + RUN + "/stream", exchange -> {
            String cursor = exchange.getRequestHeaders().getFirst("Last-Event-ID");
            cursors.add(cursor == null ? "none" : cursor);
            byte[] says = connections.removeFirst().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, says.length);
            exchange.getResponseBody().write(says);
            exchange.close();
        });
        server.start();
        var waiting = new Waiting(new PrintWriter(Writer.nullWriter()));
        var url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        follower = new Follower(new Api(url, Caller.of(null, null), waiting), waiting);
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    @Test
    void itGoesOnAfterTheLastFrameThatIsAPlaceToGoOnFrom() {
        connections.addAll(List.of(CHUNK + "event: word\ndata: {\"data\":null}\n\n", DONE));

        follow();

        assertThat(cursors).containsExactly("none", RUN + ".1.2");
        assertThat(seen).containsExactly("chunk", "word", "done");
    }

    @Test
    void whoIsRefusedInTheMiddleIsToldWhyAndDoesNotComeAgain() {
        connections.addAll(List.of(CHUNK + REFUSED, CHUNK + DONE));

        assertThatThrownBy(this::follow).isInstanceOfSatisfying(Failure.class, e -> {
            assertThat(e.exit()).isEqualTo(Exit.REFUSED);
            assertThat(e.code()).isEqualTo("key_revoked");
            assertThat(e.detail()).isEqualTo("use another one");
        });

        assertThat(cursors).hasSize(1);
        assertThat(seen).containsExactly("chunk");
    }

    private void follow() {
        follower.follow(RUN, null, frame -> seen.add(frame.event()));
    }
}
