package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.drills.JavaCommand;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.testkit.ProcessTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The drills of several nodes: they say HELD of the product. */
class ClusterDrillTest {
    static final String MAIN = "dev.holdfast.cli.Main";
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

    static List<String> command(String name, List<String> options) {
        var command = new ArrayList<>(List.of("drill", name, "--json"));
        command.addAll(options);
        return command;
    }
}
