package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.drills.JavaCommand;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.testkit.ProcessTest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The drills of several nodes: they say HELD of the product, and VIOLATED of the product without one of its guards. */
class ClusterDrillTest {
    private static final String MAIN = "dev.holdfast.cli.Main";
    private static final TestDatabase DATABASE = TestDatabase.fresh();

    @RegisterExtension
    final Stage stage = new Stage();

    @AfterAll
    static void drop() {
        DATABASE.close();
    }

    /** The one that always runs; on a database that is there, and after others. */
    @Test
    void a_short_node_death_holds() throws Exception {
        JsonNode report = shortDrillOn(url()).code(0).json();

        held(report);
        assertThat(report.at("/figures/resumptions/0/kind").asString()).isEqualTo("kill -9");
        assertThat(report.at("/figures/resumptions/0/runs/count").asInt()).isPositive();
        assertThat(report.at("/figures/work/movedRuns").asInt()).isPositive();
        assertThat(report.at("/timeline/lives")).hasSize(3);
    }

    @Test
    @ProcessTest
    void where_a_database_has_keys_it_uses_one_of_its_own_for_as_long_as_it_lasts() throws Exception {
        try (var keyed = TestDatabase.fresh()) {
            var cli = stage.cli().with(Map.of("HOLDFAST_POSTGRES", keyed.url().toString()));
            cli.run("keys", "create", "mine", "--scope", "read").ok();

            held(shortDrillOn(keyed.url().toString()).code(0).json());

            var keys = cli.run("keys", "list", "--json").ok().json().path("keys");
            assertThat(keys.valueStream().map(key -> key.path("name").asString()))
                    .satisfiesExactly(
                            name -> assertThat(name).isEqualTo("mine"),
                            name -> assertThat(name).startsWith("drill-"));
            assertThat(keys.valueStream().map(key -> key.path("revoked").isNull()))
                    .containsExactly(true, false);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"node-death", "zombie", "partition", "database-restart", "replica-lag", "rolling-restart"})
    @ProcessTest
    void a_drill_in_short_holds(String name) throws Exception {
        held(drill(name, "--quick").code(0).json());
    }

    @Test
    @ProcessTest
    void a_key_that_cannot_be_revoked_is_named_and_the_report_is_there() throws Exception {
        try (var keyed = TestDatabase.fresh()) {
            var cli = stage.cli().with(Map.of("HOLDFAST_POSTGRES", keyed.url().toString()));
            cli.run("keys", "create", "mine", "--scope", "read").ok();
            keyed.server().query(keyed.name(), """
                    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                        $$BEGIN RAISE EXCEPTION 'keys are for ever'; END$$;
                    CREATE TRIGGER refuse BEFORE UPDATE ON holdfast.api_keys FOR EACH ROW EXECUTE FUNCTION refuse()""");

            var done = shortDrillOn(keyed.url().toString()).code(0);

            held(done.json());
            assertThat(done.err()).containsPattern("warning: the API key \\w+ of the drill was not revoked");
        }
    }

    /** A kill, and a kill of two: the second is found by whoever has found the first. */
    @Test
    @ProcessTest
    void by_the_ring_alone_every_death_is_found() throws Exception {
        JsonNode report = drill("node-death", "--kills", "2", "--calm", "0", "--ring-only")
                .code(0)
                .json();

        held(report);
        assertThat(report.at("/figures/resumptions").valueStream().map(each -> each.path("found")))
                .isNotEmpty()
                .allSatisfy(found -> assertThat(found.propertyNames()).containsExactly("RING"));
    }

    @ParameterizedTest
    @MethodSource("sabotages")
    @ProcessTest
    void without_a_guard_it_says_violated(Sabotage sabotage, String drilled, String finding) throws Exception {
        var words = List.of(drilled.split(" ", -1));
        var command = command(words.getFirst(), words.subList(1, words.size()));
        command.addAll(List.of("--seed", "7"));
        var drill = DrillTest.drill(
                stage, JavaCommand.on(sabotage.classPath(stage.folder()), MAIN, command.toArray(String[]::new)));

        Path evidence = DrillTest.violated(drill, finding);
        assertThat(evidence.resolve("diary.log")).exists();
    }

    /** What is taken out, and what the drill must find then. */
    static List<Arguments> sabotages() {
        var fence = new Sabotage(
                "core/src/main/java/dev/holdfast/core/Fence.java",
                "return new Fence(epoch + 1,",
                "return new Fence(Math.max(1, epoch),");
        var living = new Sabotage(
                "postgres/src/main/java/dev/holdfast/postgres/PgLedger.java",
                "SELECT + \" WHERE holder_number IS NOT NULL AND NOT EXISTS (SELECT 1 FROM nodes n\"",
                "SELECT + \" WHERE holder_number IS NOT NULL AND EXISTS (SELECT 1 FROM nodes n\"");
        var halt = new Sabotage(
                "node/src/main/java/dev/holdfast/node/ClusterNode.java",
                "if (options.overdue() == ClusterOptions.Overdue.HALT) {",
                "if (left < 0) {");
        var ladder = new Sabotage(
                "postgres/src/main/java/dev/holdfast/postgres/ladder/Ladder.java",
                "return window.isPresent() && window.get().seq() >= need;",
                "return window.isPresent();");
        var requests = new Sabotage(
                "postgres/src/main/java/dev/holdfast/postgres/Judge.java",
                "Receipt first = request == null ? null : scene.requests().seenBefore(request);",
                "Receipt first = null;");
        var neighbour = new Sabotage(
                "postgres/src/main/java/dev/holdfast/postgres/membership/WatchLoop.java",
                "if (next.isEmpty()) {",
                "if (next.isEmpty() || !ended.contains(next.get().number())) {");
        var primary = new Sabotage(
                "postgres/src/main/java/dev/holdfast/postgres/ladder/Ladder.java",
                "if (reached(first, need)) return first;",
                "if (reached(first, need)) { primary.snapshots(namespace, id, since); return first; }");
        var answer = new Sabotage(ladder.source(), ladder.guard(), "Runtime.getRuntime().halt(1); return false;");
        // One kill is enough to find it, and what is broken may hold up everything after that.
        String oneKill = "node-death --kills 1";
        return List.of(
                Arguments.of(Named.of("the request that was seen before", requests), oneKill, "has 2 runs"),
                Arguments.of(Named.of("the epoch that grows", fence), oneKill, "did not grow when it was"),
                Arguments.of(Named.of("only the dead lose what they hold", living), oneKill, "epochs overlap"),
                Arguments.of(
                        Named.of("whoever waits for the death of the next one", neighbour),
                        "node-death --kills 3 --nodes 2 --calm 0",
                        "the ring does not watch them"),
                Arguments.of(
                        Named.of("the end of a process whose code stays", halt), "partition --quick", "still executed"),
                Arguments.of(
                        Named.of("how far a replica has come", ladder),
                        "replica-lag --quick",
                        "told of more than the replica knows"),
                Arguments.of(
                        Named.of("a primary that is left alone", primary),
                        "replica-lag --quick",
                        "the primary was asked, by its own log"),
                Arguments.of(
                        Named.of("a node that lives when it is asked", answer),
                        "replica-lag --quick",
                        "a reader was not answered"));
    }

    /** Its user code may overlap then, as the docs say of a clock that stops; its records may not. */
    @Test
    @ProcessTest
    void what_a_zombie_writes_that_does_not_stop_itself_is_refused() throws Exception {
        var time = new Sabotage(
                "postgres/src/main/java/dev/holdfast/postgres/membership/Fence.java",
                "if (silent >= times.halt().toNanos()) return Stage.OVERDUE;",
                "if (silent >= 0) return Stage.SERVING;");
        // It hears of its death late, so that everything that it was at is written.
        var word = new Sabotage(
                "node/src/main/java/dev/holdfast/node/ClusterNode.java",
                "        tell(new Event.Dead(why));",
                "java.util.concurrent.locks.LockSupport.parkNanos(2_000_000_000L); tell(new Event.Dead(why));");
        var command = command("zombie", List.of("--quick")).toArray(String[]::new);

        JsonNode report = DrillTest.drill(
                        stage, JavaCommand.on(Sabotage.classPath(stage.folder(), time, word), MAIN, command))
                .json();

        assertThat(report.path("violations").valueStream().map(JsonNode::asString))
                .allMatch(violation -> violation.matches(".*epochs overlap: step \\d+ of epoch \\d+ began .*"));
        assertThat(report.at("/figures/seen").valueStream().map(JsonNode::asString))
                .anyMatch(sentence -> sentence.contains("and came back as number"))
                .anyMatch(sentence -> sentence.matches("[1-9]\\d* of its attempts were refused what they wrote .*"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"database-restart", "replica-lag", "partition"})
    void what_is_not_its_own_it_does_not_break(String name) throws Exception {
        var refused = drill(name, "--postgres", url()).code(3);

        assertThat(refused.err()).contains("drill_impossible", "leave out --postgres");
    }

    @Test
    void where_no_network_can_be_made_it_says_what_it_needs() throws Exception {
        var command = new ArrayList<>(List.of("env", "PATH=" + stage.folder()));
        command.addAll(JavaCommand.like(MAIN, command("partition", List.of()).toArray(String[]::new)));

        var refused = DrillTest.drill(stage, command).code(3);

        assertThat(refused.err()).contains("drill_impossible", "unshare", "user namespaces");
    }

    private static String url() {
        return DATABASE.url().toString();
    }

    private static void held(JsonNode report) {
        assertThat(report.path("violations")).isEmpty();
        assertThat(report.path("verdict").asString()).isEqualTo("HELD");
    }

    private Cli.Result shortDrillOn(String url) throws Exception {
        return drill("node-death", "--nodes", "2", "--runs", "4", "--kills", "1", "--postgres", url);
    }

    private Cli.Result drill(String name, String... options) throws Exception {
        return DrillTest.drill(
                stage, JavaCommand.like(MAIN, command(name, List.of(options)).toArray(String[]::new)));
    }

    private static List<String> command(String name, List<String> options) {
        var command = new ArrayList<>(List.of("drill", name, "--json"));
        command.addAll(options);
        return command;
    }
}
