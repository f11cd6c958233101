package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.stream.FrameFold;
import dev.holdfast.core.stream.JsonText;
import dev.holdfast.drills.ServerProcess;
import dev.holdfast.localpg.Ports;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.node.ApiKey;
import dev.holdfast.node.ApiKeys;
import dev.holdfast.testkit.ProcessTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code /holdfast.js} in a real browser: what somebody who uses it is told, whatever becomes of the server. */
@ProcessTest
@DisabledIfEnvironmentVariable(named = "OPENAI_BASE_URL", matches = ".+", disabledReason = "would ask that endpoint")
@DisabledIfEnvironmentVariable(named = "OPENAI_API_KEY", matches = ".+", disabledReason = "would spend that key")
class BrowserModuleTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int STORIES = 300;
    private static final long SEED = 20_260_102;
    private static final String FOLDED = """
            import('/holdfast.js').then(({Fold}) => %s.map(story => {
              const fold = new Fold();
              for (const [event, data] of story) fold.take(event, data);
              return {text: fold.text, chunks: fold.chunks.map(chunk => chunk.text).join('')};
            }))""";
    private static final String WATCHED = """
            import('/holdfast.js').then(holdfast => {
              window.holdfast = holdfast;
              window.texts = [];
              window.states = [];
              window.watching = holdfast.watchRun('%s', {
                onText: text => texts.push(text),
                onConnection: connection => states.push(connection.state),
                %s
              });
            })""";

    @RegisterExtension
    final Stage stage = new Stage();

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) each.close();
    }

    /** A page of the server that does nothing by itself. */
    private Tab tab(int port) throws Exception {
        // Nodes are named by other addresses than the page's; which of them a browser may ask is not what is tested
        // here.
        var browser = Browser.open(stage.folder(), "--disable-web-security");
        open.add(browser);
        return browser.tab(URI.create("http://127.0.0.1:" + port + "/livez"));
    }

    private String chat(String message) throws Exception {
        return stage.api().start("chat", "{\"thread\":\"t1\",\"message\":\"" + message + "\"}");
    }

    @Test
    void text_is_folded_as_java_folds_it() throws Exception {
        stage.serve();
        Tab tab = tab(stage.port());
        var random = new Random(SEED);
        var stories = new ArrayList<List<List<String>>>();
        var expected = new ArrayList<String>();
        for (int i = 0; i < STORIES; i++) {
            var fold = new FrameFold();
            var story = new ArrayList<List<String>>();
            for (int frames = random.nextInt(40); frames > 0; frames--) story.add(frame(random, fold));
            stories.add(story);
            expected.add(fold.text());
        }
        JsonNode folded = tab.run(FOLDED.formatted(JSON.writeValueAsString(stories)));
        assertThat(folded.valueStream().map(story -> story.path("text").asString()))
                .isEqualTo(expected);
        assertThat(folded.valueStream().map(story -> story.path("chunks").asString()))
                .isEqualTo(expected);
        assertThat(expected.stream().filter(text -> !text.isEmpty()).count()).isGreaterThan(STORIES / 2);
    }

    /** The next frame, which Java folds too. */
    private static List<String> frame(Random random, FrameFold java) {
        String source = (1 + random.nextInt(3)) + "/" + random.nextInt(3);
        String event = List.of("chunk", "chunk", "chunk", "chunk", "rewind", "gap", "status", "news")
                .get(random.nextInt(8));
        String step = event.equals("chunk") ? source : null;
        String data = switch (event) {
            case "chunk" -> sent(random);
            case "rewind" -> "{\"drop\":[\"" + source + "\",\"9/9\"]}";
            case "gap" -> "{\"missing\":" + (1 + random.nextInt(5)) + "}";
            default -> "{\"seq\":1}";
        };
        java.apply(event, step, data);
        String named = step == null ? "null" : "\"" + step + "\"";
        return List.of(event, "{\"epoch\":1,\"step\":" + named + ",\"data\":" + data + "}");
    }

    private static String sent(Random random) {
        return switch (random.nextInt(10)) {
            case 0 -> "12345678901234567890";
            case 1 -> "1.50";
            case 2 -> "{\"b\":1,\"2\":[ 1, 2 ],\"data\":\"a \\\" } b\"}";
            case 3 -> "null";
            case 4 -> "[\"\\u00e9\",true]";
            case 5 -> JsonText.quote("\"data\":{ }\n\t\\ \u00e9 \ud83d\ude00 <b>");
            case 6 -> "\"\"";
            default -> JsonText.quote("word" + random.nextInt(1000) + " ");
        };
    }

    @Test
    void who_watches_a_run_is_told_its_text_through_a_kill() throws Exception {
        ServerProcess server = stage.serve();
        Tab tab = tab(stage.port());
        String run = chat("[slow:40] [many:60] [stamp]");
        tab.run(WATCHED.formatted(run, ""));
        tab.await("half of it", "watching.text.split(' ').length > 30");

        server.kill();
        stage.serve();

        tab.await("the end", "watching.connection.state === 'done'");
        assertThat(tab.text("watching.text"))
                .isEqualTo(stage.api().show(run).path("output").asString());
        assertThat(tab.text("texts.at(-1)")).isEqualTo(tab.text("watching.text"));
        assertThat(tab.text("states.join()")).startsWith("live,lost,").endsWith("done");
        // Whoever has a position goes on from there.
        assertThat(tab.text("new Promise(resolve => holdfast.watchRun('" + run
                        + "', {from: watching.position, onDone: end => resolve(end.outcome)}))"))
                .isEqualTo("SUCCEEDED");
    }

    @Test
    void a_node_that_is_away_or_silent_is_left_for_another() throws Exception {
        stage.serve();
        Tab tab = tab(stage.port());
        String run = chat("hello");
        try (var silent = new Silent()) {
            tab.run(WATCHED.formatted(
                    run,
                    "silence: 500, at: ['http://127.0.0.1:%d', 'http://127.0.0.1:%d', 'http://127.0.0.1:%d']"
                            .formatted(Ports.free(), silent.port(), stage.port())));
            tab.await("the end", "watching.connection.state === 'done'");
            assertThat(silent.asked).isTrue();
        }
        assertThat(tab.text("watching.text")).isEqualTo("You said: hello");
    }

    /** Says that a stream begins, and then nothing more, as what a machine that slept is connected to. */
    private static final class Silent implements AutoCloseable {
        private final ServerSocket server;
        private final List<Socket> asking = new ArrayList<>();
        volatile boolean asked;

        Silent() throws Exception {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Thread.ofPlatform().daemon().name("silent").start(this::run);
        }

        int port() {
            return server.getLocalPort();
        }

        private void run() {
            String head =
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n:\n\r\n";
            try {
                while (true) {
                    Socket socket = server.accept();
                    asking.add(socket);
                    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                    socket.getOutputStream().flush();
                    asked = true;
                }
            } catch (IOException e) {
                // Closed.
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
            for (Socket each : asking) each.close();
        }
    }

    @Test
    void a_conversation_is_told_turn_by_turn_and_can_be_stopped() throws Exception {
        stage.serve();
        Tab tab = tab(stage.port());
        tab.run("""
                import('/holdfast.js').then(holdfast => {
                  window.holdfast = holdfast;
                  window.lines = [];
                  window.talk = holdfast.watchThread('t 1', {onWaiting: runs => lines.push(runs.length)});
                })""");
        String first = tab.run("holdfast.post('t 1', {message: '[slow:50] [many:200]'})")
                .path("id")
                .asString();
        tab.await("it speaks", "talk.turns[0]?.text.length > 10");
        String second =
                tab.run("holdfast.post('t 1', {message: 'hello'})").path("id").asString();
        tab.await("one waits", "talk.waiting.length === 1");
        JsonNode told = tab.run("holdfast.cancel('t 1', 'current')");
        assertThat(told.path("cancelled").valueStream().map(JsonNode::asString)).containsExactly(first);
        tab.await("the next one is answered", "talk.turns[1]?.done");
        assertThat(tab.text("talk.turns.map(turn => turn.run).join()")).isEqualTo(first + "," + second);
        assertThat(tab.text("talk.turns[0].snapshot.outcome")).isEqualTo("CANCELLED");
        assertThat(tab.text("talk.turns[1].text")).isEqualTo("You said: hello");
        assertThat(tab.text("lines.join()")).startsWith("0,").contains("1").endsWith("0");
        JsonNode page = tab.run("holdfast.messages('t 1', {order: 'newest', limit: 1})");
        assertThat(page.at("/messages/0/output").asString()).isEqualTo("You said: hello");
        assertThat(tab.text("holdfast.post('t 1', 7).catch(refused => refused.code)"))
                .isEqualTo("input_invalid");
    }

    @Test
    void a_refusal_is_told_and_nothing_is_tried_again() throws Exception {
        try (var database = TestDatabase.fresh();
                var keys = ApiKeys.at(database.url().toString())) {
            stage.node(database.url().toString(), "one", stage.port()).awaitReady(Stage.PATIENCE);
            var key = keys.create("page", ApiKey.Scope.WRITE);
            Tab tab = tab(stage.port());
            String run = tab.run("import('/holdfast.js').then(({post}) => post('t', {message: '[hang:1]'}, {key: '"
                            + key.key() + "'}))")
                    .path("id")
                    .asString();
            tab.run(WATCHED.formatted(run, "key: '" + key.key() + "'"));
            tab.await("it speaks", "watching.text === 'You '");

            keys.revoke(key.what().id());

            tab.await("it is told", "watching.connection.state === 'refused'");
            assertThat(tab.text("watching.connection.code")).isEqualTo("key_revoked");
            tab.run(WATCHED.formatted(run, ""));
            tab.await("it is told at once", "watching.connection.state === 'refused'");
            assertThat(tab.text("watching.connection.code")).isEqualTo("key_required");
            assertThat(tab.text("states.join()")).isEqualTo("refused");
        }
    }
}
