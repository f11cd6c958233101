package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.drills.Api;
import dev.holdfast.drills.ServerProcess;
import dev.holdfast.drills.Watcher;
import dev.holdfast.localpg.Ports;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.testkit.ProcessTest;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** In whose name a turn goes on, on the node that takes it over: that node's own, and with the rights of now. */
@ProcessTest
class TurnRightsTest {
    private static final String FIRST = "sk-first-node-1f7c", SECOND = "sk-second-node-94ab";
    private static final String TEXT = "for u17: [slow:50] [many:80] [stamp]";

    @RegisterExtension
    final Stage stage = new Stage();

    private final TestDatabase database = TestDatabase.fresh();
    private final List<ServerProcess> nodes = new ArrayList<>();
    private Door door;
    private String poster;
    private String reader;

    @BeforeEach
    void open() throws Exception {
        door = new Door();
        poster = key("u17-was-here", "write");
        reader = key("reader", "read");
    }

    @AfterEach
    void close() {
        nodes.forEach(ServerProcess::close);
        door.close();
        database.close();
    }

    @Test
    void a_turn_goes_on_in_the_name_of_the_node_that_has_it() throws Exception {
        door.admit(FIRST);
        door.admit(SECOND);
        String run = halfAnswered();
        door.hold();
        Api second = node(SECOND, reader);
        // Whoever has posted it may nothing any more.
        keys("revoke", poster.split("_", -1)[1]);

        nodes.getFirst().kill();
        door.release();

        JsonNode turn = ended(second, run);
        assertThat(turn.path("outcome").asString()).as("%s", turn).isEqualTo("SUCCEEDED");
        assertThat(turn.path("output").asString())
                .startsWith("1·")
                .contains(" 80·")
                .doesNotContain("·e1·");
        assertThat(door.shown()).containsExactly(FIRST, SECOND);
        await("what it was posted with opens nothing")
                .atMost(Stage.PATIENCE)
                .until(() ->
                        new Api(second.url(), poster).get("/v1/runs/" + run).status() == 401);
        assertNothingIsKept();
    }

    @Test
    void a_right_that_was_taken_away_meanwhile_is_gone() throws Exception {
        door.admit(FIRST);
        String run = halfAnswered();
        door.hold();
        Api second = node(FIRST, reader);
        door.refuse(FIRST);

        nodes.getFirst().kill();
        door.release();

        JsonNode turn = ended(second, run);
        assertThat(turn.path("outcome").asString()).as("%s", turn).isEqualTo("FAILED");
        assertThat(turn.at("/error/message").asString()).contains("this key opens nothing", "OPENAI_API_KEY");
        assertThat(door.shown()).as("what is refused is not asked again").containsExactly(FIRST, FIRST);
        assertNothingIsKept();
    }

    /** A turn that the first node, alone, has begun to answer. */
    private String halfAnswered() throws Exception {
        Api first = node(FIRST, poster);
        Api.Answer posted =
                first.post("/v1/threads/t1/messages", "{\"input\":{\"message\":\"" + TEXT + "\"}}", Map.of());
        assertThat(posted.status()).as("%s", posted).isEqualTo(202);
        String run = JsonMapper.shared().readTree(posted.body()).path("id").asString();
        var watched = Watcher.attach("early", new Api(first.url(), reader), run);
        await("some words")
                .atMost(Stage.PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> watched.soFar().text().contains("3·e1·"));
        return run;
    }

    /** One more node, whose model is asked with a key of its own. */
    private Api node(String itsKey, String ours) throws Exception {
        int port = Ports.free();
        var environment =
                Map.of("OPENAI_BASE_URL", door.url().toString(), "OPENAI_API_KEY", itsKey, "OPENAI_MODEL", "scripted");
        var node = stage.node(database.url().toString(), "node-" + nodes.size(), port, environment);
        nodes.add(node);
        node.awaitReady(Stage.PATIENCE);
        return new Api(URI.create("http://127.0.0.1:" + port), ours);
    }

    private static JsonNode ended(Api api, String run) {
        return await("the turn has ended")
                .atMost(Stage.PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(
                        () -> JsonMapper.shared()
                                .readTree(api.get("/v1/runs/" + run).body()),
                        turn -> !turn.path("outcome").isNull());
    }

    /** Nothing of anybody's keys is in the ledger, in no row of no table; but for what was said, which is. */
    private void assertNothingIsKept() {
        var rows = new ArrayList<String>();
        var server = database.server();
        for (var table : server.query(
                database.name(),
                "SELECT tablename FROM pg_tables WHERE schemaname = 'holdfast' AND tablename <> 'api_keys'"))
            for (var row : server.query(database.name(), "SELECT t::text FROM holdfast." + table.getFirst() + " t"))
                rows.add(row.getFirst());
        assertThat(rows)
                .anyMatch(row -> row.contains("for u17: "))
                .noneMatch(row -> row.contains(FIRST) || row.contains(SECOND))
                .noneMatch(row -> row.contains(poster.split("_", -1)[1]) || row.contains("u17-was-here"))
                .noneMatch(row -> row.contains("Bearer"));
    }

    private String key(String name, String scope) throws Exception {
        return keys("create", name, "--scope", scope);
    }

    private String keys(String... what) throws Exception {
        var command = new ArrayList<>(List.of(what));
        command.addFirst("keys");
        return stage.cli()
                .with(Map.of("HOLDFAST_POSTGRES", database.url().toString()))
                .run(command.toArray(String[]::new))
                .ok()
                .out()
                .strip();
    }
}
