package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.Frame;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.sdk.RunStream;
import dev.holdfast.sdk.remote.Remote;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream of a run on nodes elsewhere, as programs have it that are none. */
@Timeout(60)
class RemoteStreamTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final FakeRuns runs = new FakeRuns();
    private final Server one = Server.open(ServerOptions.onPort(0));
    private final Server two = Server.open(ServerOptions.onPort(0));
    private final RunId id = runs.start(new StartRequest(
                    Namespace.DEFAULT, "noop", "null", StartRequest.Identity.NONE, StartRequest.Options.NONE))
            .id();

    @BeforeEach
    void serve() {
        one.serve(new FakeNode(runs));
        two.serve(new FakeNode(runs));
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    @Test
    void framesBecomeText() {
        tell("chunk", 1, "1/1", "\"half\"");
        tell("status", 1, null, "{\"seq\":1}");
        tell("rewind", 2, null, "{\"drop\":[\"1/1\"]}");
        tell("chunk", 3, "1/2", "\"whole \"");
        tell("chunk", 4, "1/2", "{\"a\": 1.50}");
        tell("done", 4, null, "{\"seq\":3}");

        try (RunStream stream = Remote.at(one.url()).stream(id)) {
            var pieces = new ArrayList<String>();
            stream.forEach(pieces::add);
            assertThat(pieces).containsExactly("half", "", "whole ", "{\"a\":1.50}\n");
            assertThat(stream.text()).isEqualTo("whole {\"a\":1.50}\n");
            assertThat(stream.rewinds()).isEqualTo(1);
            assertThat(stream.missing()).isZero();
        }
    }

    @Test
    void whatIsLostIsCounted() {
        tell("chunk", 1, "1/1", "\"a\"");
        tell("gap", 4, null, "{\"missing\":3}");
        tell("chunk", 5, "1/1", "\"b\"");
        tell("gap", 7, null, "{\"missing\":2}");
        tell("done", 7, null, "{\"seq\":3}");
        try (RunStream stream = Remote.at(one.url()).stream(id)) {
            var missing = new ArrayList<Long>();
            stream.forEach(piece -> missing.add(stream.missing()));
            assertThat(missing).containsExactly(0L, 3L);
            assertThat(stream.text()).isEqualTo("ab");
            assertThat(stream.missing()).isEqualTo(5);
        }
    }

    @Test
    void whenANodeGoesTheNextOneGoesOnWhereItWas() throws Exception {
        tell("chunk", 1, "1/1", "\"a\"");
        try (RunStream stream = Remote.at(one.url(), two.url()).stream(id)) {
            var pieces = new LinkedBlockingQueue<String>();
            FutureTask<String> reading = reading(stream, pieces);
            assertThat(pieces.poll(20, TimeUnit.SECONDS)).isEqualTo("a");
            one.close();
            tell("chunk", 2, "1/1", "\"b\"");
            tell("done", 2, null, "{\"seq\":3}");

            assertThat(reading.get(20, TimeUnit.SECONDS)).isEqualTo("ab");
            assertThat(pieces).containsExactly("b");
        }
    }

    @Test
    void itWaitsForANodeThatIsNotThereYet() throws Exception {
        int port;
        try (var probe = new ServerSocket(0)) {
            port = probe.getLocalPort();
        }
        tell("chunk", 1, "1/1", "\"a\"");
        tell("done", 1, null, "{\"seq\":3}");
        try (RunStream stream = Remote.at(URI.create("http://127.0.0.1:" + port)).stream(id)) {
            var pieces = new LinkedBlockingQueue<String>();
            FutureTask<String> reading = reading(stream, pieces);
            try (var late = Server.open(ServerOptions.onPort(port))) {
                // It answers 503 starting, and then it has a node.
                late.serve(new FakeNode(runs));
                assertThat(reading.get(20, TimeUnit.SECONDS)).isEqualTo("a");
            }
        }
    }

    @Test
    void whatANodeRefusesIsToldWithItsCode() {
        for (RunStream stream : List.of(
                Remote.at(one.url()).stream(new RunId(5, 5)),
                Remote.watch(one.url().resolve("/v1/runs/" + new RunId(5, 5) + "/stream?from=")))) {
            assertThatThrownBy(() -> stream.iterator().hasNext())
                    .isInstanceOfSatisfying(
                            Refused.class, e -> assertThat(e.code()).isEqualTo("run_unknown"));
        }
        RunStream linked = Remote.watch(one.url().resolve("/v1/runs/" + id + "/stream?watch=wl_secret"));
        assertThatThrownBy(() -> linked.iterator().hasNext())
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("link_invalid"))
                .hasMessageNotContaining("secret");
    }

    /** It is something else that answers there. */
    @Test
    void aRefusalWithoutAnEndIsNotReadForEver() throws Exception {
        try (var endless = Raw.answering("HTTP/1.1 404 Not Found\r\n\r\n", "no\n")) {
            RunStream stream = Remote.at(endless.url()).stream(id);
            assertThatThrownBy(() -> stream.iterator().hasNext())
                    .isInstanceOfSatisfying(
                            Refused.class, e -> assertThat(e.code()).isEqualTo("not_holdfast"));
        }
    }

    @Test
    void closingEndsAnIteratorThatWaitsForTheRestOfARefusal() throws Exception {
        try (var silent = Raw.answering("HTTP/1.1 404 Not Found\r\n\r\nno", "")) {
            RunStream stream = Remote.at(silent.url()).stream(id);
            FutureTask<String> reading = reading(stream, new LinkedBlockingQueue<>());
            assertThat(silent.begun(20)).isTrue();
            stream.close();
            assertThat(reading.get(5, TimeUnit.SECONDS)).isEmpty();
        }
    }

    /** A server that says something to who asks, and then the same again and again; if that is nothing, nothing. */
    private record Raw(ServerSocket door, CountDownLatch said) implements AutoCloseable {
        static Raw answering(String first, String then) throws IOException {
            var raw = new Raw(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()), new CountDownLatch(1));
            Thread.ofVirtual().start(() -> raw.serve(first, then.getBytes(StandardCharsets.US_ASCII)));
            return raw;
        }

        private void serve(String first, byte[] then) {
            try (var asked = door.accept()) {
                asked.getOutputStream().write(first.getBytes(StandardCharsets.US_ASCII));
                said.countDown();
                while (then.length > 0) asked.getOutputStream().write(then);
                asked.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // Nobody listens any more.
            }
        }

        URI url() {
            return URI.create("http://127.0.0.1:" + door.getLocalPort());
        }

        boolean begun(int seconds) throws InterruptedException {
            return said.await(seconds, TimeUnit.SECONDS);
        }

        @Override
        public void close() throws IOException {
            door.close();
        }
    }

    @Test
    void closingEndsAnIteratorThatWaits() throws Exception {
        tell("chunk", 1, "1/1", "\"a\"");
        RunStream stream = Remote.at(one.url()).stream(id);
        var pieces = new LinkedBlockingQueue<String>();
        FutureTask<String> reading = reading(stream, pieces);
        assertThat(pieces.poll(20, TimeUnit.SECONDS)).isEqualTo("a");

        stream.close();
        assertThat(reading.get(5, TimeUnit.SECONDS)).isEqualTo("a");
        await("the connection was closed").atMost(LONG).until(() -> {
            tell("status", 1, null, "{\"seq\":2}");
            return runs.watching == 0;
        });
    }

    @Test
    void itIsIteratedOnce() {
        RunStream stream = Remote.at(one.url()).stream(id);
        assertThat(stream.iterator()).isNotNull();
        assertThatThrownBy(stream::iterator).isInstanceOf(IllegalStateException.class);
        stream.close();
    }

    @Test
    void aKeyIsNotShown() {
        assertThat(Remote.at(one.url()).key("hf_secret").toString())
                .doesNotContain("secret")
                .contains(one.url().toString());
        assertThatThrownBy(() -> Remote.at(URI.create("file:///tmp"))).isInstanceOf(IllegalArgumentException.class);
    }

    private void tell(String event, int number, @Nullable String step, String data) {
        runs.tell(id, new Frame(event, id + "." + number + ".2", 1, step, data));
    }

    private static FutureTask<String> reading(RunStream stream, LinkedBlockingQueue<String> pieces) {
        var reading = new FutureTask<>(() -> {
            for (String piece : stream) pieces.add(piece);
            return stream.text();
        });
        Thread.ofVirtual().start(reading);
        return reading;
    }
}
