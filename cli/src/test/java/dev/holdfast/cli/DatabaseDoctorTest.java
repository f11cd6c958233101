package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.localnats.LocalNats;
import dev.holdfast.localnats.NeedsNats;
import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.nats.NatsOptions;
import dev.holdfast.node.ApiKeys;
import dev.holdfast.node.ClusterOptions;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.NodeOptions;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Task;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** What {@code holdfast doctor --postgres} says of a database. */
class DatabaseDoctorTest {
    private static final Task<Object, Void> NOOP = Task.named("noop", Object.class, Void.class);

    /** What it says of what the first word names. */
    static String examine(int exit, String... words) {
        var out = new StringWriter();
        var all = new ArrayList<>(List.of("doctor", "--url", "http://127.0.0.1:1", "--postgres"));
        all.addAll(List.of(words));
        assertThat(Main.run(all.toArray(String[]::new), new PrintWriter(out), new PrintWriter(out)))
                .as("%s", out)
                .isEqualTo(exit);
        return out.toString();
    }

    @Test
    void aDatabaseIsLookedAtAndNotChanged() {
        try (var database = TestDatabase.fresh()) {
            String url = database.url().toString();
            assertThat(examine(0, url))
                    .contains("OK    database", "OK    version", "OK    pooler", "OK    rights", "OK    vacuum")
                    .contains("OK    tls       sessions are not encrypted, and stay on this machine")
                    .contains("HINT  schema    there are no tables yet", "the first node makes them")
                    .contains("OK    durable   the database says fsync=on", "OK    time", "OK    sessions")
                    .doesNotContain("BAD", "folder", "replica");
            assertThat(database.server().query(database.name(), "SELECT FROM pg_namespace WHERE nspname = 'holdfast'"))
                    .isEmpty();

            ApiKeys.at(url).close();
            assertThat(examine(0, url))
                    .contains("OK    schema    schema version 5, 0 nodes; this program works with 5");
            change(database, "DELETE FROM holdfast.flyway_schema_history WHERE version = '5'");
            assertThat(examine(0, url)).contains("HINT  schema", "the first node of this version brings it up");
            change(database, "UPDATE holdfast.flyway_schema_history SET version = '9' WHERE version = '3'");
            assertThat(examine(1, url)).contains("BAD   schema", "use the newer program");
        }
    }

    @Test
    @NeedsNats
    void aNatsIsLookedAtAndNotChanged() {
        try (var database = TestDatabase.fresh();
                var nats = LocalNats.single()) {
            String url = database.url().toString();
            String[] words = {url, "--nats", nats.url().replace("//", "//me:secret@")};
            for (int look = 0; look < 2; look++)
                assertThat(examine(0, words))
                        .contains("OK    nats      " + nats.url(), "with JetStream")
                        .contains("HINT  streams   there is no stream holdfast-", "the first node makes it")
                        .doesNotContain("BAD", "secret");
            Holdfast.cluster(
                            ClusterOptions.at(url).nats(NatsOptions.at(nats.url())),
                            NodeOptions.defaults(),
                            List.of(Handler.of(NOOP, (ctx, input) -> {})))
                    .close();
            assertThat(examine(0, words))
                    .contains("has 0 messages of 0 bytes, and 1 of 1 replicas are up to date")
                    .contains("have three servers")
                    .doesNotContain("BAD");
            nats.server(0).kill();
            assertThat(examine(1, words))
                    .contains("BAD   nats      nats_unreachable: NATS does not answer at " + nats.url(), "start it")
                    .doesNotContain("secret");
        }
    }

    @Test
    void whatABootWouldRefuseIsBad() {
        try (var database = TestDatabase.fresh()) {
            change(database, "CREATE ROLE nobody_here LOGIN");
            String url = database.url().toString();
            assertThat(examine(1, url.replace("postgres@", "nobody_here@")))
                    .contains("BAD   database  database_rights");
            assertThat(examine(1, url + "?sslmode=require")).contains("BAD   database  database_tls");
            assertThat(examine(1, url + "?sslmode=verify_full"))
                    .contains("BAD   database  database_url", "verify-full");
            change(database, "DROP ROLE nobody_here");
        }
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "HOLDFAST_TESTS", matches = "all", disabledReason = "slow")
    void whoMayNotMakeOrChangeTheTablesThatABootNeedsCannotBoot() {
        try (var database = TestDatabase.fresh()) {
            String worker = "worker_of_" + database.name();
            change(
                    database,
                    "CREATE ROLE " + worker + " LOGIN",
                    "CREATE SCHEMA holdfast",
                    "GRANT USAGE ON SCHEMA holdfast TO " + worker);
            String url = database.url().toString();
            String poor = url.replace("postgres@", worker + "@");
            assertThat(examine(1, poor)).contains("BAD   rights", "make the tables", "GRANT CREATE ON SCHEMA holdfast");

            ApiKeys.at(url).close();
            change(
                    database,
                    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA holdfast TO " + worker,
                    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA holdfast TO " + worker);
            assertThat(examine(0, poor)).contains("OK    rights");
            change(database, "DELETE FROM holdfast.flyway_schema_history WHERE version = '5'");
            assertThat(examine(1, poor)).contains("BAD   rights", "bring the tables up", "as their owner");
            assertThat(examine(0, url)).contains("OK    rights", "HINT  schema");
            change(database, "DROP OWNED BY " + worker, "DROP ROLE " + worker);
        }
    }

    @Test
    void littleRoomForSessionsIsAHint() {
        try (var database = TestDatabase.fresh()) {
            change(database, "ALTER DATABASE " + database.name() + " CONNECTION LIMIT 10");
            change(
                    database,
                    "CREATE ROLE limited_here LOGIN",
                    "GRANT ALL ON DATABASE " + database.name() + " TO limited_here");
            String url = database.url().toString().replace("postgres@", "limited_here@");
            assertThat(examine(0, url)).contains("HINT  sessions  9 more sessions fit", "a node has up to 27");
            change(database, "ALTER DATABASE " + database.name() + " CONNECTION LIMIT -1");
            change(database, "ALTER ROLE limited_here CONNECTION LIMIT 12");
            assertThat(examine(0, url)).contains("HINT  sessions  11 more sessions fit");
            change(database, "DROP OWNED BY limited_here", "DROP ROLE limited_here");
        }
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "HOLDFAST_TESTS", matches = "all", disabledReason = "slow")
    void aReplicaIsLookedAt(@TempDir Path folder) {
        try (var primary = LocalPostgres.start(
                folder.resolve("primary"), Settings.standard().with("autovacuum", "off"))) {
            primary.createDatabase("mine");
            primary.createDatabase("other");
            String url = primary.url("mine").toString();
            try (var standby = primary.standby(folder.resolve("standby"))) {
                standby.awaitReplay();
                String replica = standby.server().url("mine").toString();
                assertThat(examine(0, url, "--replica", replica))
                        .contains("OK    replica", "follows it")
                        .contains("HINT  vacuum    autovacuum is off");
                assertThat(examine(1, url, "--replica", url)).contains("BAD   replica   replica_is_primary");
                assertThat(examine(1, url, "--replica", replica.replace("/mine", "/other")))
                        .contains("BAD   replica   replica_foreign");
                ApiKeys.at(url).close();
                standby.awaitReplay();
                standby.pauseReplay();
                try (var holdfast = Holdfast.cluster(
                        ClusterOptions.at(url),
                        NodeOptions.defaults(),
                        List.of(Handler.of(NOOP, (ctx, input) -> {})))) {
                    assertThat(holdfast.ring().nodes()).hasSize(1);
                    assertThat(examine(0, url, "--replica", replica)).contains("HINT  replica", "none of the 1 nodes");
                }
                standby.server().stop();
                assertThat(examine(0, url, "--replica", replica)).contains("HINT  replica   database_unreachable");
            }
        }
    }

    private static void change(TestDatabase database, String... statements) {
        for (String sql : statements) database.server().query(database.name(), sql);
    }
}
