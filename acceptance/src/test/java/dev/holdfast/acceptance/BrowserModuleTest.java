package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.stream.FrameFold;
import dev.holdfast.core.stream.JsonText;
import dev.holdfast.drills.ServerProcess;
import dev.holdfast.localpg.Ports;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.node.ApiKey;
import dev.holdfast.node.ApiKeys;
import dev.holdfast.testkit.ProcessTest;
import java.net.URI;
import java.time.Duration;
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
        return tab("http://127.0.0.1:" + port);
    }

    private Tab tab(String origin) throws Exception {
        var browser = Browser.open(stage.folder());
        open.add(browser);
        return browser.tab(URI.create(origin + "/livez"));
    }

    private OddNode odd(OddNode node) {
        open.add(node);
        return node;
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
            case "rewind" -> "{\"drop\":[\"" + (random.nextInt(5) == 0 ? "*" : source) + "\",\"9/9\"]}";
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
        tab.await("some of it", "watching.text.split(' ').length > 5");

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

    /** By a page of another origin than any node's, which is allowed: browsers see to that. */
    @Test
    void a_node_that_is_away_or_silent_is_left_for_another() throws Exception {
        String page = "http://localhost:" + stage.port();
        String real = "http://127.0.0.1:" + stage.port();
        stage.serveTo(page);
        OddNode stuck = odd(OddNode.stuck());
        OddNode silent = odd(OddNode.silent());
        Tab tab = tab(page);
        tab.run("import('" + real + "/holdfast.js').then(holdfast => { window.holdfast = holdfast; })");

        // None is named: then it is the one that has served the module.
        String run = tab.run("holdfast.post('t1', {message: 'hello [hang:1]'})")
                .path("id")
                .asString();
        String nodes = "silence: 400, at: ['http://127.0.0.1:%d', '%s', '%s', '%s']"
                .formatted(Ports.free(), stuck.url(), silent.url(), real);
        tab.run("window.watching = holdfast.watchRun('%s', {%s}); undefined".formatted(run, nodes));
        tab.await("it is told", "watching.text === 'You '");
        assertThat(stuck.asked()).isNotEmpty();
        assertThat(silent.asked()).isNotEmpty();

        int asked = silent.asked().size();
        assertThat(tab.text("holdfast.messages('t1', {" + nodes + "}).then(page => page.messages[0].id)"))
                .isEqualTo(run);
        assertThat(tab.text("holdfast.cancelRun('" + run + "', {" + nodes + "}).then(told => told.id)"))
                .isEqualTo(run);
        assertThat(silent.asked()).hasSizeGreaterThanOrEqualTo(asked + 2);
        tab.await("it has ended", "watching.connection.state === 'done'");
        assertThat(tab.text("watching.ended.then(end => end.outcome)")).isEqualTo("CANCELLED");
        // The other way round nobody was allowed.
        tab.show(URI.create(real + "/livez"));
        assertThat(tab.text("fetch('" + page + "/v1/threads/t1/messages').catch(refused => refused.name)"))
                .isEqualTo("TypeError");
    }

    @Test
    void what_is_told_twice_counts_once_and_who_tells_nothing_is_asked_ever_more_rarely() throws Exception {
        stage.serve();
        Tab tab = tab(stage.port());
        String one = "run_00000000000000000000000001";
        String two = "run_00000000000000000000000002";
        String snapshot = "{\"epoch\":1,\"step\":null,\"data\":{\"seq\":1,\"state\":\"RUNNING\"}}";
        OddNode repeating = odd(OddNode.telling(
                OddNode.event("status", one + ".0.1", snapshot)
                        + OddNode.chunk(one + ".1.1", "a")
                        + OddNode.chunk(one + ".2.1.4294967297", "b"),
                OddNode.chunk(one + ".1.1", "a")
                        + OddNode.event("status", one + ".1.1", snapshot)
                        + OddNode.chunk(one + ".2.1.4294967297", "b")
                        + OddNode.chunk(one + ".3.1", "c"),
                OddNode.chunk(one + ".3.1", "c")
                        // Nobody says how that has ended: it was deleted.
                        + OddNode.chunk(two + ".1.1", "d")
                        + OddNode.event("done", two + ".1.2", snapshot)
                        + OddNode.event("done", two + ".1.2", snapshot)));
        OddNode losing = odd(OddNode.telling(OddNode.chunk(one + ".1.1", "a")
                + OddNode.chunk(one + ".2.1", "b")
                + OddNode.event("rewind", one + ".0.1", "{\"epoch\":2,\"step\":null,\"data\":{\"drop\":[\"*\"]}}")
                + OddNode.chunk(one + ".1.1", "a")
                + OddNode.chunk(one + ".8589934592.1", "c")
                + OddNode.event("done", one + ".8589934592.2", snapshot)));
        OddNode empty = odd(
                OddNode.telling("retry: 500\n\n:\n\n" + OddNode.event("waiting", "0", "{\"data\":{\"turns\":[]}}")));
        tab.run("""
                import('/holdfast.js').then(({watchThread, watchRun}) => {
                  window.talk = watchThread('t', {at: '%s'});
                  window.again = watchRun('%s', {at: '%s'});
                  window.nothing = watchThread('t', {at: '%s'});
                })""".formatted(repeating.url(), one, losing.url(), empty.url()));

        tab.await("the end", "talk.turns[1]?.done");
        assertThat(tab.text("talk.turns.map(turn => turn.text + (turn.gone ? ' is gone' : '')).join()"))
                .isEqualTo("abc is gone,d");
        // What its log has lost is taken back, and all is told again.
        assertThat(tab.text("again.ended.then(() => again.text)")).isEqualTo("ac");
        assertThat(tab.text("talk.position")).isEqualTo(two + ".1.2");
        await("it is asked again and again")
                .atMost(Stage.PATIENCE)
                .until(() -> empty.asked().size() >= 5);
        List<OddNode.Asked> asked = empty.asked();
        assertThat(Duration.ofNanos(asked.get(4).at() - asked.get(3).at())).isGreaterThan(Duration.ofMillis(700));
        // Not all at the same moment who were lost at the same.
        assertThat(tab.run("""
                        import('/holdfast/http.js').then(async ({rest}) => {
                          const began = performance.now();
                          const ends = await Promise.all(Array.from({length: 20}, () => rest(1, 1).then(() => performance.now())));
                          return Math.max(...ends) - Math.min(...ends);
                        })""").asDouble()).isGreaterThan(20);
    }

    @Test
    void what_goes_wrong_is_told() throws Exception {
        stage.serve();
        Tab tab = tab(stage.port());
        // It goes on to speak: by that the server finds out that nobody listens.
        String run = chat("[slow:30] [many:1000]");
        tab.run(WATCHED.formatted(run, "onChange: () => { throw new Error('mine'); }"));
        tab.await("it is told", "watching.connection.state === 'failed'");
        assertThat(tab.text("watching.ended.catch(error => error.message)")).isEqualTo("mine");
        // Whoever handles nothing sees it in the console.
        tab.run(
                "window.watching = holdfast.watchThread('t1', {onTurn: () => { throw new Error('unseen'); }}); undefined");
        await("it is told").until(() -> tab.troubles().toString().contains("unseen"));
        await("no connection is left")
                .atMost(Stage.PATIENCE)
                .until(() -> stage.api().bare().get("/metrics").body().contains("holdfast_watchers 0"));

        // A run that is deleted, and a conversation of which some turns are.
        stage.api().post("/v1/runs/" + run + "/cancel", "");
        stage.api().awaitEnd(run);
        tab.run("""
                window.lost = 0;
                window.talk = holdfast.watchThread('t1', {
                  silence: 400,
                  onConnection: connection => { if (connection.state === 'lost') lost++; },
                });
                undefined""");
        tab.await("it is told to its end", "talk.turns[0]?.done");
        String from = tab.text("talk.position");
        stage.api().delete("/v1/runs/" + run);
        tab.run(WATCHED.formatted(run, ""));
        tab.await("it is told", "watching.connection.state === 'gone'");
        assertThat(tab.text("watching.ended.catch(refused => refused.code)")).isEqualTo("run_unknown");
        assertThat(tab.text("holdfast.watchThread('t1', {from: '" + from + "'}).ended.catch(refused => refused.code)"))
                .isEqualTo("cursor_unknown");
        tab.run("window.lost = 0");
        tab.await("it has lost its place", "lost > 2");
        String next =
                tab.run("holdfast.post('t1', {message: 'hello'})").path("id").asString();
        tab.await("it goes on", "talk.turns[1]?.done");
        assertThat(tab.text("talk.turns[1].run")).isEqualTo(next);
        assertThat(tab.text("talk.connection.state")).isIn("live", "lost");
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
