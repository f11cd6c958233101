package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.drills.ServerProcess;
import dev.holdfast.localpg.Ports;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.testkit.ProcessTest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The page of conversations in a real browser: what people see while processes die. */
@ProcessTest
@DisabledIfEnvironmentVariable(named = "OPENAI_BASE_URL", matches = ".+", disabledReason = "would ask that endpoint")
@DisabledIfEnvironmentVariable(named = "OPENAI_API_KEY", matches = ".+", disabledReason = "would spend that key")
class ChatPageTest {
    private static final int WORDS = 100;
    private static final String COUNT = "[stamp] [slow:60] [many:" + WORDS + "]";
    private static final String ANSWER = "document.querySelector('.turn:last-child .standing')?.textContent";
    private static final String SHOWN = "(" + ANSWER + " ?? '').split(' ').length";
    private static final String STATE = "document.querySelector('.turn:last-child')?.dataset.state";

    @RegisterExtension
    final Stage stage = new Stage();

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) each.close();
    }

    private Browser browser() {
        var browser = Browser.open(stage.folder());
        open.add(browser);
        return browser;
    }

    private TestDatabase database() {
        var database = TestDatabase.fresh();
        open.add(database);
        return database;
    }

    private static Path shot(String test, String name) {
        return Stage.evidence("ChatPageTest-" + test).resolve(name + ".png");
    }

    private static void say(Tab tab, String text) {
        tab.await("somebody can type", "document.querySelector('#say')");
        tab.run("document.querySelector('#say').focus()");
        tab.type(text);
        tab.press("Enter");
    }

    private static URI page(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** The process that executes the newest turn that the tab shows. */
    private static ServerProcess producer(Tab tab, CheckedApi api, Map<String, ServerProcess> nodes)
            throws IOException {
        String run = tab.text("document.querySelector('.turn:last-child').dataset.run");
        String holder = api.show(run).path("holder").asString();
        JsonNode ring = JsonMapper.shared().readTree(api.get("/v1/nodes").body());
        String label = ring.path("nodes")
                .valueStream()
                .filter(node -> holder.endsWith("/" + node.path("number").asString()))
                .map(node -> node.path("label").asString())
                .findFirst()
                .orElseThrow(() -> new AssertionError(holder + " is none of " + ring));
        return node(nodes, label);
    }

    private static ServerProcess node(Map<String, ServerProcess> nodes, String label) {
        ServerProcess process = nodes.get(label);
        if (process == null) throw new AssertionError("there is no node " + label);
        return process;
    }

    /** Complete, nothing doubled, and of one epoch: that which has recorded it. */
    private static void whole(Tab tab, CheckedApi api) throws IOException {
        tab.await("the answer is complete", STATE + " === 'SUCCEEDED'");
        String text = tab.text(ANSWER);
        List<String> words = Stream.of(text.split(" ", -1)).toList();
        assertThat(words.stream().map(word -> word.split("·", -1)[0]))
                .isEqualTo(IntStream.rangeClosed(1, WORDS)
                        .mapToObj(Integer::toString)
                        .toList());
        JsonNode run = api.show(tab.text("document.querySelector('.turn:last-child').dataset.run"));
        assertThat(run.path("output").asString()).isEqualTo(text);
        assertThat(words.stream().map(word -> word.split("·", -1)[1]).distinct())
                .containsExactly("e" + run.path("steps").get(0).path("epoch").asString())
                .doesNotContain("e1");
        assertThat(tab.text("document.querySelector('.turn:last-child .ghost').textContent"))
                .isEmpty();
        assertThat(tab.troubles()).isEmpty();
    }

    /** Three nodes on one database: one that has no code and serves the page, and two that answer. */
    private final class Cluster {
        final String url = database().url().toString();
        final Map<String, Integer> ports = new LinkedHashMap<>();
        final Map<String, ServerProcess> nodes = new LinkedHashMap<>();

        Cluster() throws InterruptedException {
            for (String label : List.of("front", "one", "two")) ports.put(label, Ports.free());
            for (String label : ports.keySet()) start(label);
            for (ServerProcess node : nodes.values()) node.awaitReady(Stage.PATIENCE);
        }

        void start(String label) {
            int port = port(label);
            nodes.put(label, label.equals("front") ? stage.front(url, label, port) : stage.node(url, label, port));
        }

        int port(String label) {
            Integer port = ports.get(label);
            if (port == null) throw new IllegalArgumentException(label);
            return port;
        }

        CheckedApi front() {
            return new CheckedApi(port("front"));
        }
    }

    @Test
    void the_node_that_answers_dies_in_the_middle() throws Exception {
        var cluster = new Cluster();
        Tab tab = browser().tab(page(cluster.port("front"), "/chat"));
        tab.size(1100, 760);
        say(tab, COUNT);
        tab.await("a third of the answer", SHOWN + " > " + WORDS / 3);
        tab.screenshot(shot("dies", "1-mid-answer"));
        assertThat(tab.text(ANSWER)).contains("·e1·");

        ServerProcess producer = producer(tab, cluster.front(), cluster.nodes);
        producer.kill();

        tab.await(
                "what was half said is taken back", "document.querySelector('.turn:last-child .rewound').textContent");
        tab.screenshot(shot("dies", "2-taken-over"));
        whole(tab, cluster.front());
        tab.screenshot(shot("dies", "3-complete"));
        // The same on the other node that is left, and to who comes now.
        String thread = tab.text("location.pathname");
        String left = cluster.nodes.entrySet().stream()
                .filter(node -> node.getValue().isAlive() && !node.getKey().equals("front"))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
        Tab late = browserTab(page(cluster.port(left), thread));
        whole(late, cluster.front());
        assertThat(late.text(ANSWER)).isEqualTo(tab.text(ANSWER));
    }

    private Tab browserTab(URI page) throws Exception {
        return ((Browser) open.getLast()).tab(page);
    }

    @Test
    void the_node_that_shows_and_the_one_that_answers_die_and_come_back() throws Exception {
        var cluster = new Cluster();
        Tab tab = browser().tab(page(cluster.port("front"), "/chat"));
        tab.size(1100, 760);
        say(tab, COUNT);
        tab.await("a third of the answer", SHOWN + " > " + WORDS / 3);

        ServerProcess producer = producer(tab, cluster.front(), cluster.nodes);
        List<String> dead = cluster.nodes.entrySet().stream()
                .filter(node -> node.getKey().equals("front") || node.getValue() == producer)
                .map(Map.Entry::getKey)
                .toList();
        assertThat(dead).hasSize(2);
        for (String label : dead) node(cluster.nodes, label).kill();
        tab.await("it says so", "document.querySelector('.line').textContent.includes('connection is lost')");
        tab.screenshot(shot("die", "1-connection-lost"));

        for (String label : dead) cluster.start(label);
        for (String label : dead) node(cluster.nodes, label).awaitReady(Stage.PATIENCE);
        tab.await("it goes on", "document.querySelector('.line').textContent === ''");
        whole(tab, cluster.front());
        tab.screenshot(shot("die", "2-complete"));
    }

    /** By the keyboard alone, on whatever keeps the ledger here. */
    @Test
    void a_conversation_is_queued_stopped_and_read_again() throws Exception {
        stage.serve();
        Browser browser = browser();
        Tab tab = browser.tab(page(stage.port(), "/chat"));
        tab.size(1100, 760);
        tab.screenshot(shot("page", "01-empty"));
        String evil = "<img src=x onerror=alert(1)> & \"<b>\"";
        say(tab, evil);
        tab.await("it is answered", STATE + " === 'SUCCEEDED'");
        assertThat(tab.text("document.querySelector('.said').textContent")).isEqualTo(evil);
        assertThat(tab.text(ANSWER)).isEqualTo("You said: " + evil);
        assertThat(tab.run("document.querySelectorAll('.log img, .log b').length")
                        .asInt())
                .isZero();

        say(tab, "[slow:100] [many:300]");
        tab.await("it speaks", STATE + " === 'LIVE' && " + SHOWN + " > 3");
        say(tab, "and this waits");
        say(tab, "and this too");
        tab.await("both wait", "document.querySelectorAll('.turn[data-state=WAITING]').length === 2");
        tab.screenshot(shot("page", "02-waiting"));
        Tab other = browser.tab(page(stage.port(), tab.text("location.pathname")));
        other.await(
                "the other tab shows the same", "document.querySelectorAll('.turn[data-state=WAITING]').length === 2");
        tab.run("document.querySelector('#say').focus()");
        tab.press("Escape");
        tab.await("those that waited are answered", STATE + " === 'SUCCEEDED'");
        assertThat(tab.run("[...document.querySelectorAll('.turn')].map(turn => turn.dataset.state).join()")
                        .asString())
                .isEqualTo("SUCCEEDED,CANCELLED,SUCCEEDED,SUCCEEDED");
        other.await("and so does the other tab", STATE + " === 'SUCCEEDED'");
        tab.screenshot(shot("page", "03-stopped"));

        tab.await(
                "how long each took is read",
                "[...document.querySelectorAll('.turn .state')].every(state => state.textContent)");
        String before = tab.text("document.querySelector('.log').innerText");
        tab.reload();
        tab.await("it is all there again", "document.querySelectorAll('.turn').length === 4");
        // The words of the turn that was stopped are read from its stream.
        tab.await(
                "word by word",
                "document.querySelector('.log').innerText === "
                        + JsonMapper.shared().writeValueAsString(before));
        assertThat(tab.troubles()).isEmpty();
        looks(tab);
    }

    private static void looks(Tab tab) {
        say(
                tab,
                "[slow:120] [cut:12] [tries:1] This answer breaks off in the middle, is taken back, and is said again");
        tab.await("it breaks off", "document.querySelector('.turn:last-child .ghost').textContent");
        tab.screenshot(shot("page", "04-rewound"));
        tab.look(Tab.Look.DARK);
        tab.screenshot(shot("page", "05-rewound-dark"));
        tab.await("it is answered", STATE + " === 'SUCCEEDED'");
        tab.size(390, 780);
        tab.screenshot(shot("page", "06-phone-dark"));
        assertThat(tab.run("document.documentElement.scrollWidth").asInt())
                .as("nothing is wider than the phone")
                .isLessThanOrEqualTo(390);
        tab.look(Tab.Look.LIGHT);
        tab.screenshot(shot("page", "07-phone"));
    }

    private String post(String thread, String message) throws IOException {
        var answer = stage.api()
                .post("/v1/threads/" + thread + "/messages", "{\"input\":{\"message\":\"" + message + "\"}}");
        return JsonMapper.shared().readTree(answer.body()).path("id").asString();
    }

    private static String turn(String run) {
        return "document.querySelector('[data-run=" + run + "]')";
    }

    private static void speaks(Tab tab, String run) {
        tab.await("it speaks", turn(run) + "?.querySelector('.standing').textContent.split(' ').length > 5");
        assertThat(tab.text(turn(run) + ".dataset.state")).isEqualTo("LIVE");
    }

    /** Those behind the live turn may have been stopped, or deleted; and it may end in the moment in which it is stopped. */
    @Test
    void the_live_turn_is_the_one_that_is_shown_and_stopped() throws Exception {
        stage.serve();
        String live = post("t1", "[slow:30] [many:1000]");
        String stopped = post("t1", "one");
        String deleted = post("t1", "two");
        String next = post("t1", "[slow:50] [many:40]");
        stage.api().post("/v1/runs/" + stopped + "/cancel", "");
        stage.api().awaitEnd(stopped);
        Tab tab = browser().tab(page(stage.port(), "/chat/t1"));
        tab.size(1100, 760);
        speaks(tab, live);
        tab.screenshot(shot("line", "1-stopped-in-line"));
        stage.api().post("/v1/runs/" + deleted + "/cancel", "");
        stage.api().awaitEnd(deleted);
        stage.api().delete("/v1/runs/" + deleted);

        // Nothing that the server tells reaches the page while this goes on.
        tab.run("""
                (() => {
                  const ask = (method, path) => {
                    const request = new XMLHttpRequest();
                    request.open(method, path, false);
                    request.send();
                    return JSON.parse(request.responseText);
                  };
                  ask('POST', '/v1/runs/%s/cancel');
                  while (ask('GET', '/v1/runs/%s').startedAt === null);
                  dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'}));
                })()""".formatted(live, next));

        tab.await("the next one is answered", turn(next) + ".dataset.state === 'SUCCEEDED'");
        assertThat(tab.text(turn(live) + ".dataset.state")).isEqualTo("CANCELLED");
        assertThat(tab.text(turn(stopped) + ".dataset.state")).isEqualTo("CANCELLED");
        tab.await("what was deleted is said to be", turn(deleted) + ".dataset.state === 'DELETED'");
        assertThat(tab.run("document.querySelectorAll('.caret:not([hidden])').length")
                        .asInt())
                .isZero();
        assertThat(tab.run("document.querySelector('.stop:not([hidden])')").isNull())
                .isTrue();
        tab.screenshot(shot("line", "2-deleted"));
        assertThat(tab.troubles()).isEmpty();
    }

    /** What the page asks for does not grow with what is said meanwhile, and what it shows not with the line. */
    @Test
    void a_long_line_is_read_by_the_page() throws Exception {
        int waiting = 70;
        stage.serve();
        // Long ago; the page that shows the end of the line does not begin with it.
        stage.api().awaitEnd(post("t1", "hello"));
        String live = post("t1", "[slow:30] [many:1000]");
        for (int i = 1; i <= waiting; i++) post("t1", "message " + i);
        Tab tab = browser().tab(page(stage.port(), "/chat/t1"));
        tab.size(1100, 760);
        speaks(tab, live);
        String asked = "performance.getEntriesByType('resource').filter(each => each.name.includes(live)"
                + " || each.name.includes('/messages')).length";
        tab.run("window.live = '" + live + "'");
        tab.await("what was said is read", turn(live) + ".querySelector('.said').textContent.includes('many')");
        int before = tab.run(asked).asInt();
        assertThat(before).isLessThan(5);
        tab.await("it goes on", turn(live) + ".querySelector('.standing').textContent.split(' ').length > 60");
        assertThat(tab.run(asked).asInt()).isEqualTo(before);
        assertThat(tab.run("document.querySelectorAll('.turn').length").asInt()).isEqualTo(51);
        tab.run("document.querySelector('.scroller').scrollTop = 0");
        tab.screenshot(shot("line", "3-long"));

        tab.run("document.querySelector('.log > button').click()");
        tab.await("all are there", "document.querySelectorAll('.turn').length === " + (waiting + 2));
        assertThat(tab.run(
                                "(() => { const runs = [...document.querySelectorAll('.turn')].map(turn => turn.dataset.run);"
                                        + " return runs[1] === live && runs.join() === runs.sort().join(); })()")
                        .asBoolean())
                .isTrue();
        assertThat(tab.text("document.querySelector('.turn:nth-last-child(1) .state').textContent"))
                .contains((waiting - 1) + " before it");
        assertThat(tab.troubles()).isEmpty();
    }

    /** Here, because that task is in no serial lane. */
    @Test
    void what_is_refused_is_said() throws Exception {
        stage.serve();
        Tab tab = browser().tab(page(stage.port(), "/chat/t1?task=noop"));
        say(tab, "hello");
        tab.await("it says why", "document.querySelector('.foot .problem').textContent.includes('takes no turns')");
        assertThat(tab.text("document.querySelector('.turn:last-child .state').textContent"))
                .startsWith("Not sent");
        await("nothing was started")
                .until(() -> JsonMapper.shared()
                        .readTree(stage.api().get("/v1/runs").body())
                        .path("runs")
                        .isEmpty());
    }
}
