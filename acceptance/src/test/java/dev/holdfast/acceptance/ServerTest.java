package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.drills.ServerProcess;
import dev.holdfast.localpg.Ports;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.testkit.ProcessTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code holdfast server}: several of them, each a process, on one PostgreSQL database. */
@ProcessTest
class ServerTest {
    private static final TestDatabase DATABASE = TestDatabase.fresh();
    private static final JsonMapper JSON = new JsonMapper();

    @RegisterExtension
    final Stage stage = new Stage();

    private final int bluePort = Ports.free();
    private final int greenPort = Ports.free();
    private final CheckedApi blue = new CheckedApi(bluePort);
    private final CheckedApi green = new CheckedApi(greenPort);

    @AfterAll
    static void drop() {
        DATABASE.close();
    }

    private ServerProcess blueNode() {
        return stage.node(DATABASE.url().toString(), "blue", bluePort);
    }

    private ServerProcess greenNode() {
        return stage.node(DATABASE.url().toString(), "green", greenPort);
    }

    @Test
    void what_was_started_on_one_is_seen_on_the_other_and_outlives_a_kill_9() throws Exception {
        // Six runs, of which no node has room for all: otherwise the quicker one may take them.
        ServerProcess first = stage.node(DATABASE.url().toString(), "blue", bluePort, 5);
        ServerProcess second = stage.node(DATABASE.url().toString(), "green", greenPort, 5);
        first.awaitReady(Stage.PATIENCE);
        second.awaitReady(Stage.PATIENCE);
        var runs = new ArrayList<String>();
        var tree = Inputs.tree(stage.folder().resolve("tree"), 40);
        for (int i = 0; i < 6; i++) runs.add(blue.start("wordcount", Inputs.wordcount(tree, 200)));
        await("both hold some of them")
                .atMost(Stage.PATIENCE)
                .until(() -> held(green).size() == 2 && held(green).stream().allMatch(n -> n > 0));
        for (String run : runs)
            green.awaitRun(run, "executes", r -> r.path("steps").size() > 3);

        first.kill();

        for (String run : runs) {
            JsonNode ended = green.awaitEnd(run);
            assertThat(ended.path("outcome").asString()).isEqualTo("SUCCEEDED");
            assertThat(green.account(run).steps()).hasSize(41);
        }
        JsonNode ring = ring(green);
        assertThat(ring.path("nodes")).hasSize(1);
        JsonNode takeover = ring.path("takeovers").get(0);
        assertThat(takeover.path("label").asString()).isEqualTo("blue");
        assertThat(takeover.path("by").asLong()).isEqualTo(ring.path("own").asLong());
        second.interrupt(Stage.PATIENCE);
    }

    @Test
    void nodes_are_listed_with_what_they_host() throws Exception {
        ServerProcess first = blueNode();
        ServerProcess second = greenNode();
        first.awaitReady(Stage.PATIENCE);
        second.awaitReady(Stage.PATIENCE);
        await("each sees both")
                .atMost(Stage.PATIENCE)
                .until(() -> held(blue).size() == 2 && held(green).size() == 2);

        var table = stage.cli()
                .run("nodes", "--url", "http://127.0.0.1:" + bluePort)
                .ok();

        assertThat(table.out()).contains("blue", "green", "WATCHES", "http://127.0.0.1:" + greenPort, "wordcount");
        JsonNode nodes = ring(blue).path("nodes");
        assertThat(nodes.get(0).path("watches")).isEqualTo(nodes.get(1).path("number"));
        assertThat(nodes.get(1).path("watches")).isEqualTo(nodes.get(0).path("number"));
        first.interrupt(Stage.PATIENCE);
        second.interrupt(Stage.PATIENCE);
    }

    @Test
    void a_node_that_is_told_to_end_gives_its_runs_to_the_other_and_dies_of_nothing() throws Exception {
        ServerProcess first = blueNode();
        first.awaitReady(Stage.PATIENCE);
        var tree = Inputs.tree(stage.folder().resolve("tree"), 60);
        String run = blue.start("wordcount", Inputs.wordcount(tree, 50));
        blue.awaitRun(run, "executes", r -> r.path("steps").size() > 3);
        ServerProcess second = greenNode();
        second.awaitReady(Stage.PATIENCE);
        int deaths = ring(green).path("takeovers").size();

        int code = first.interrupt(Duration.ofSeconds(10));

        assertThat(code).isEqualTo(130);
        assertThat(green.awaitEnd(run).path("outcome").asString()).isEqualTo("SUCCEEDED");
        assertThat(ring(green).path("takeovers").size()).isEqualTo(deaths);
        assertThat(green.get("/v1/runs/" + run + "/snapshots").body()).doesNotContain("\"lost\"");
        assertThat(Files.readString(stage.folder().resolve("blue.log"))).doesNotContain("\tat ", "SEVERE");
        second.interrupt(Stage.PATIENCE);
    }

    @Test
    void a_node_that_is_told_to_end_while_it_joins_dies_of_nothing() throws Exception {
        ServerProcess first = blueNode();
        first.awaitReady(Stage.PATIENCE);
        int deaths = ring(blue).path("takeovers").size();
        try (var session = DriverManager.getConnection(DATABASE.jdbcUrl());
                var statement = session.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(4711)");
            statement.execute("CREATE FUNCTION holdfast.wait() RETURNS trigger LANGUAGE plpgsql AS"
                    + " 'BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END'");
            statement.execute("CREATE TRIGGER wait BEFORE UPDATE ON holdfast.nodes FOR EACH ROW"
                    + " WHEN (NEW.label = 'green') EXECUTE FUNCTION holdfast.wait()");
            ServerProcess second = greenNode();
            await("it is a node, and nothing more yet")
                    .atMost(Stage.PATIENCE)
                    .until(() -> held(blue).size() == 2 && waits(statement));

            second.terminate();
            await("it has heard")
                    .atMost(Stage.PATIENCE)
                    .until(() -> green.get("/readyz").body().startsWith("closing"));
            statement.execute("SELECT pg_advisory_unlock(4711)");

            assertThat(second.awaitExit(Stage.PATIENCE)).isEqualTo(ServerProcess.TERMINATED);
            statement.execute("DROP FUNCTION holdfast.wait CASCADE");
        }
        await("it has left").atMost(Stage.PATIENCE).until(() -> held(blue).size() == 1);
        assertThat(ring(blue).path("takeovers").size()).isEqualTo(deaths);
        first.interrupt(Stage.PATIENCE);
    }

    private static boolean waits(Statement statement) throws SQLException {
        try (var row = statement.executeQuery(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted")) {
            return row.next() && row.getInt(1) == 1;
        }
    }

    /** As in a container, where a signal that the process does not take itself is not delivered at all. */
    @Test
    void as_process_1_it_ends_at_sigterm() throws Exception {
        var command = new ArrayList<>(List.of("unshare", "-pf"));
        command.addAll(Stage.nodeCommand(DATABASE.url().toString(), "one", bluePort));
        Process container =
                new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            var lines = container.inputReader(StandardCharsets.UTF_8);
            var said = new ArrayList<String>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                said.add(line);
                if (line.startsWith("ready ")) break;
            }
            assumeTrue(
                    said.stream().noneMatch(l -> l.contains("Operation not permitted")), "needs the right to unshare");
            assertThat(said)
                    .as("what it says until it is ready")
                    .last()
                    .isEqualTo("ready http://127.0.0.1:" + bluePort);
            ProcessHandle one = container.children().findFirst().orElseThrow();

            one.destroy();

            assertThat(container.waitFor(10, TimeUnit.SECONDS)).as("it ends").isTrue();
            assertThat(container.exitValue()).isEqualTo(ServerProcess.TERMINATED);
        } finally {
            container.descendants().forEach(ProcessHandle::destroyForcibly);
            container.destroyForcibly();
        }
    }

    @Test
    void it_hosts_the_examples_only_if_it_is_told_to() throws Exception {
        Cli.Running bare = stage.cli()
                .start("server", "--postgres", DATABASE.url().toString(), "--port", Integer.toString(greenPort));
        await("it serves")
                .atMost(Stage.PATIENCE)
                .until(() -> bare.soFar().contains("ready http://127.0.0.1:" + greenPort));

        assertThat(Files.readString(bare.err())).contains("hosts no tasks", "--examples");
        assertThat(green.get("/v1/tasks").body()).isEqualTo("{\"tasks\":[]}");
        String input = "{\"input\":{\"log\":\"" + stage.folder().resolve("written") + "\",\"steps\":1}}";
        CheckedApi.problem(green.post("/v1/tasks/metronome/runs", input), 404, "task_unknown");

        ServerProcess first = blueNode();
        first.awaitReady(Stage.PATIENCE);
        String run = green.start("noop", "null");
        assertThat(green.awaitEnd(run).path("outcome").asString()).isEqualTo("SUCCEEDED");
        bare.kill();
        first.interrupt(Stage.PATIENCE);
    }

    @Test
    void a_database_that_is_not_there_is_named() throws Exception {
        int nobody = Ports.free();

        var refused =
                serve("postgres://app:geheim@127.0.0.1:" + nobody + "/app").code(3);

        refused.tells("database_unreachable", "127.0.0.1:" + nobody);
        assertThat(refused.err()).doesNotContain("geheim").hasLineCount(1);
    }

    @Test
    void a_setting_that_nobody_knows_is_named() throws Exception {
        serve(DATABASE.url() + "?sslmood=require").code(3).tells("database_url", "sslmood");
        serve("mysql://app@127.0.0.1/app").code(3).tells("database_url", "postgres://");
    }

    @Test
    void a_user_without_rights_is_named() throws Exception {
        try (var empty = TestDatabase.fresh();
                var connection = DriverManager.getConnection(empty.jdbcUrl());
                var statement = connection.createStatement()) {
            statement.execute("CREATE ROLE nobody_much LOGIN");
            String url = empty.url().toString().replaceFirst("//[^@/]*@", "//nobody_much@");

            serve(url).code(3).tells("database_rights", "nobody_much", "GRANT CREATE");

            statement.execute("DROP ROLE nobody_much");
        }
    }

    @Test
    void the_database_itself_is_no_replica_of_it() throws Exception {
        String url = DATABASE.url().toString();
        stage.cli()
                .run("server", "--postgres", url, "--replica", url, "--port", "0")
                .code(3)
                .tells("replica_is_primary", "Name a hot standby", "or no replica");
    }

    @Test
    void without_a_database_it_says_how_to_name_one() throws Exception {
        stage.cli().run("server", "--port", "0").code(2).tells("--postgres", "HOLDFAST_POSTGRES");
    }

    private Cli.Result serve(String postgres) throws Exception {
        return stage.cli().run("server", "--postgres", postgres, "--port", "0");
    }

    private static JsonNode ring(CheckedApi api) throws IOException {
        return JSON.readTree(api.get("/v1/nodes").body());
    }

    private static List<Integer> held(CheckedApi api) throws IOException {
        var all = new ArrayList<Integer>();
        ring(api).path("nodes").forEach(node -> all.add(node.path("held").asInt()));
        return all;
    }
}
