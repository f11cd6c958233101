package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.drills.Api;
import dev.holdfast.drills.ServerProcess;
import dev.holdfast.localpg.Ports;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.testkit.ProcessTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Conversations on three nodes of one cluster. */
@ProcessTest
@DisabledIfEnvironmentVariable(named = "OPENAI_BASE_URL", matches = ".+", disabledReason = "would ask that endpoint")
@DisabledIfEnvironmentVariable(named = "OPENAI_API_KEY", matches = ".+", disabledReason = "would spend that key")
class ClusterConversationTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int NODES = 3;
    private static final List<String> THREADS = List.of("a", "b", "c");
    private static final int MESSAGES = 8;
    private static final int ROUNDS = 2;

    @RegisterExtension
    final Stage stage = new Stage();

    private final TestDatabase database = TestDatabase.fresh();
    private final List<Integer> ports = new ArrayList<>();
    private final List<ServerProcess> nodes = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        for (int i = 0; i < NODES; i++) {
            ports.add(Ports.free());
            nodes.add(node(i));
        }
        for (ServerProcess node : nodes) node.awaitReady(Stage.PATIENCE);
    }

    private ServerProcess node(int i) {
        return stage.node(database.url().toString(), "node-" + i, ports.get(i));
    }

    @AfterEach
    void drop() {
        nodes.forEach(ServerProcess::close);
        database.close();
    }

    private Api api(int i) {
        return new Api(URI.create("http://127.0.0.1:" + ports.get(i)));
    }

    /**
     * What was posted, and when that was asked for and acknowledged.
     *
     * @param text of the message, which says whose it is
     */
    private record Posted(String thread, String text, Instant asked, Instant acknowledged) {}

    /** As clients do: at his own node, and at the next one if that does not answer, with the same request id. */
    private Posted post(int at, String thread, String text) throws Exception {
        Instant asked = Instant.now();
        String request = UUID.randomUUID().toString();
        String body = "{\"input\":{\"message\":\"[slow:3] [stamp] " + text + "\"}}";
        for (int tries = 0; Instant.now().isBefore(asked.plus(Stage.PATIENCE)); tries++) {
            try {
                Api.Answer answer = api((at + tries) % NODES)
                        .post("/v1/threads/" + thread + "/messages", body, Map.of("Idempotency-Key", request));
                if (answer.status() == 202) return new Posted(thread, text, asked, Instant.now());
                assertThat(answer.isForLater()).as("%s", answer).isTrue();
            } catch (IOException e) {
                // The next one is asked.
            }
        }
        throw new AssertionError(text + " was not accepted within " + Stage.PATIENCE);
    }

    @Test
    void turns_keep_their_order_while_nodes_are_restarted() throws Exception {
        var posted = new ArrayList<Posted>();
        var followed = new HashMap<String, Future<List<String>>>();
        try (var posters = Executors.newCachedThreadPool()) {
            for (String thread : THREADS) {
                int at = followed.size() % NODES;
                followed.put(thread, posters.submit(() -> follow(at, thread, NODES * MESSAGES)));
            }
            var all = new ArrayList<Future<List<Posted>>>();
            for (int i = 0; i < NODES; i++) {
                int at = i;
                Callable<List<Posted>> poster = () -> {
                    var mine = new ArrayList<Posted>();
                    for (int k = 0; k < MESSAGES; k++)
                        for (String thread : THREADS) mine.add(post(at, thread, thread + "-" + at + "-" + k));
                    return mine;
                };
                all.add(posters.submit(poster));
            }
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < NODES; i++) {
                    // One dies, the next one is told to end.
                    if ((round + i) % 2 == 0) nodes.get(i).kill();
                    else nodes.get(i).terminate();
                    nodes.get(i).awaitExit(Stage.PATIENCE);
                    nodes.set(i, node(i));
                    nodes.get(i).awaitReady(Stage.PATIENCE);
                }
            }
            for (Future<List<Posted>> each : all) posted.addAll(each.get());
        }
        for (String thread : THREADS) {
            var own = posted.stream().filter(p -> p.thread().equals(thread)).toList();
            List<String> order = check(thread, own);
            assertThat(Objects.requireNonNull(followed.get(thread)).get())
                    .as("as it was told to who has watched %s through all of it", thread)
                    .isEqualTo(order);
        }
    }

    /** The turns of which is told that they have ended, to somebody who comes back at the next node when one has gone. */
    private List<String> follow(int at, String thread, int many) throws InterruptedException {
        var told = new ArrayList<String>();
        String from = "0";
        Instant until = Instant.now().plus(Stage.PATIENCE);
        for (int node = at; told.size() < many && Instant.now().isBefore(until); node++) {
            try (var telling = new Telling(node % NODES, thread, from)) {
                while (told.size() < many) {
                    telling.next();
                    from = telling.id;
                    // Who comes back at the end of a turn is told that end once more.
                    boolean again = !told.isEmpty() && told.getLast().equals(telling.run());
                    if (!telling.event.equals("done") || again) continue;
                    told.add(telling.run());
                    until = Instant.now().plus(Stage.PATIENCE);
                }
            } catch (IOException e) {
                // The next one is asked.
            }
        }
        return told;
    }

    /** Answers which turn followed which. */
    private List<String> check(String thread, List<Posted> posted) throws Exception {
        List<JsonNode> turns = await("the turns of " + thread + " have ended")
                .atMost(Stage.PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(
                        () -> turns(thread),
                        all -> all.size() >= posted.size()
                                && all.stream()
                                        .noneMatch(t -> t.path("finishedAt").isNull()));
        assertThat(turns.stream().map(ClusterConversationTest::text))
                .as("each message is one turn")
                .containsExactlyInAnyOrderElementsOf(
                        posted.stream().map(Posted::text).toList());
        for (JsonNode turn : turns) {
            assertThat(turn.path("outcome").asString()).as("%s", turn).isEqualTo("SUCCEEDED");
            assertThat(turn.path("output").asString().replaceAll("·\\S+", "")).isEqualTo("You said: " + text(turn));
        }
        // By the stamps of its words, which are of one clock: those of a run are of whichever node has claimed it.
        var begun = turns.stream()
                .sorted(Comparator.comparing(turn -> Talkers.said(turn).getFirst()))
                .toList();
        for (int i = 1; i < begun.size(); i++) {
            assertThat(Talkers.said(begun.get(i)).getFirst())
                    .as("turn %d of %s begins when the one before it has ended", i, thread)
                    .isGreaterThanOrEqualTo(Talkers.said(begun.get(i - 1)).getLast());
        }
        assertThat(begun.stream()
                        .map(turn -> Instant.parse(turn.path("startedAt").asString())))
                .as("the beginnings of the turns of %s, as the ledger has them", thread)
                .isSorted()
                .doesNotHaveDuplicates();
        var place = new HashMap<String, Integer>();
        for (JsonNode turn : begun) place.put(text(turn), place.size());
        for (Posted first : posted) {
            for (Posted second : posted) {
                if (!first.acknowledged().isBefore(second.asked())) continue;
                assertThat(place.get(first.text()))
                        .as("%s was acknowledged before %s was posted", first, second)
                        .isLessThan(place.get(second.text()));
            }
        }
        var order = begun.stream().map(turn -> turn.path("id").asString()).toList();
        for (int i = 0; i < NODES; i++) {
            try (var late = new Telling(i, thread, "0")) {
                assertThat(late.turns(order.size()))
                        .as("as node %d tells them", i)
                        .isEqualTo(order);
            }
        }
        return order;
    }

    private static String text(JsonNode turn) {
        return turn.at("/input/message").asString().replaceFirst("\\[slow:3] \\[stamp] ", "");
    }

    private List<JsonNode> turns(String thread) throws IOException {
        var api = new CheckedApi(ports.getFirst());
        var all = new ArrayList<JsonNode>();
        String cursor = "";
        while (true) {
            JsonNode page = JSON.readTree(api.get("/v1/threads/" + thread + "/messages?limit=10" + cursor)
                    .body());
            page.path("messages").forEach(all::add);
            if (page.path("next").isNull()) return all;
            cursor = "&cursor=" + page.path("next").asString();
        }
    }

    /** That it is there, whoever executes it: by a hint, as a look comes once a second only. */
    @Test
    void a_turn_is_seen_on_another_node_at_once() throws Exception {
        api(0).post("/v1/threads/quick/messages", "{\"input\":{\"message\":\"first\"}}", Map.of());
        long[] millis = new long[15];
        try (var watched = new Telling(1, "quick", "0")) {
            watched.turns(1);
            for (int i = 0; i < millis.length; i++) {
                long began = System.nanoTime();
                Api.Answer answer =
                        api(2).post("/v1/threads/quick/messages", "{\"input\":{\"message\":\"m\"}}", Map.of());
                assertThat(answer.status()).isEqualTo(202);
                watched.nextOf(JSON.readTree(answer.body()).path("id").asString());
                millis[i] = (System.nanoTime() - began) / 1_000_000;
                watched.next("done");
            }
        }
        Arrays.sort(millis);
        System.out.println(
                "from a message at one node to whoever watches at another: " + Arrays.toString(millis) + " ms");
        assertThat(millis[millis.length / 2])
                .as("the median of %s", Arrays.toString(millis))
                .isLessThan(400);
    }

    /** The stream of a thread, by one node. */
    private final class Telling implements AutoCloseable {
        private final BufferedReader in;
        private String event = "";
        private String id = "";
        private String data = "";

        Telling(int node, String thread, String from) throws IOException {
            var connection = (HttpURLConnection)
                    URI.create("http://127.0.0.1:" + ports.get(node) + "/v1/threads/" + thread + "/stream?from=" + from)
                            .toURL()
                            .openConnection();
            connection.setReadTimeout((int) Stage.PATIENCE.toMillis());
            int status = connection.getResponseCode();
            if (status != 200) throw new IOException("node " + node + " answers " + status);
            in = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
        }

        /** The next event. */
        void next() throws IOException {
            event = "";
            while (true) {
                String line = in.readLine();
                if (line == null) throw new IOException("the stream has ended");
                if (line.startsWith("event: ")) event = line.substring(7);
                if (line.startsWith("id: ")) id = line.substring(4);
                if (line.startsWith("data: ")) data = line.substring(6);
                if (line.isEmpty() && !event.isEmpty()) return;
            }
        }

        /** The next event of this kind. */
        void next(String wanted) throws IOException {
            do next();
            while (!event.equals(wanted));
        }

        /** The next event in which this run is named, be it as one that waits. */
        void nextOf(String run) throws IOException {
            do next();
            while (!run().equals(run) && !data.contains(run));
        }

        /** Of which run the event is. */
        String run() {
            return id.replaceFirst("\\..*", "");
        }

        /** The runs of which it tells the end, as many as that. */
        List<String> turns(int many) throws IOException {
            var all = new ArrayList<String>();
            while (all.size() < many) {
                next("done");
                all.add(run());
            }
            return all;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
