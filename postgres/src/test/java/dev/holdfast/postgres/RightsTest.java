package dev.holdfast.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Refused;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.postgres.membership.Listener;
import dev.holdfast.postgres.membership.Takeover;
import dev.holdfast.postgres.session.Connections;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a user of the database must be allowed. What the ledger needs for its work is in {@link PgLedgerTest}. */
class RightsTest {
    private static final Schema OLD = new Schema(Schema.CURRENT.locations(), Schema.CURRENT.version() - 1);

    private final TestDatabase database = TestDatabase.fresh();

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void whoOwnsTheSchemaNeedsNothingElse() {
        String app = "app_of_" + database.name();
        run("REVOKE ALL ON DATABASE " + database.name() + " FROM PUBLIC");
        Grants.ofAnOwner(database.name(), app).forEach(this::run);
        lives(app);
    }

    @Test
    void whoMayUseTheTablesOfAnotherNeedsNothingElse() throws SQLException {
        Schema.CURRENT.bringUp(Opened.connections(database));
        String worker = "worker_of_" + database.name();
        run(
                "REVOKE ALL ON DATABASE " + database.name() + " FROM PUBLIC",
                "REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA holdfast FROM PUBLIC");
        Grants.ofTheHandbook(database.name(), worker).forEach(this::run);
        lives(worker);
    }

    /** One joins, another one dies, and is found dead. */
    private void lives(String user) {
        try (var cluster = PgCluster.open(new PostgresOptions(as(user)), Pair.PORTS);
                var one = cluster.join("one", "", new Quiet())) {
            long dead = diedAs(user);
            await("it is found dead")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> one.membership().takeovers(9).stream()
                            .map(Takeover::node)
                            .anyMatch(node -> node.number() == dead));
            cluster.keys().insert(new KeyRow("id", "name", "READ", "hash", Instant.EPOCH, null));
            assertThat(cluster.keys().all()).hasSize(1);
        }
    }

    private long diedAs(String user) {
        try (var cluster = PgCluster.open(new PostgresOptions(as(user)), Pair.PORTS);
                var two = cluster.join("two", "", new Quiet())) {
            return two.membership().node().number();
        }
    }

    @Test
    void whoMayNotUseTheTablesIsToldWhichAndHow() throws SQLException {
        Schema.CURRENT.bringUp(Opened.connections(database));
        String poor = "poor_of_" + database.name();
        run("CREATE ROLE " + poor + " LOGIN");
        assertThat(refused(poor)).contains("CREATE SCHEMA holdfast");
        run("GRANT USAGE ON SCHEMA holdfast TO " + poor);
        assertThat(refused(poor)).contains("(api_keys, chunks, closed_door)", "GRANT SELECT, INSERT");
        run("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA holdfast TO " + poor);
        assertThat(refused(poor)).contains("node_numbers", "ON ALL SEQUENCES");
        run(
                "GRANT USAGE ON ALL SEQUENCES IN SCHEMA holdfast TO " + poor,
                "REVOKE DELETE ON holdfast.runs FROM " + poor);
        assertThat(refused(poor)).contains("(runs)");
    }

    @Test
    void whoMayNotChangeTheTablesIsToldSo() throws SQLException {
        OLD.bringUp(Opened.connections(database));
        var worker = Opened.asWorker(database);

        Refused refused = catchThrowableOfType(Refused.class, () -> Schema.CURRENT.bringUp(worker));

        assertThat(refused.code()).as(refused.getMessage()).isEqualTo("database_rights");
        assertThat(refused.getMessage()).contains("as the owner of the schema");
    }

    /** Also if it is found in the middle of a boot. */
    @Test
    void aRightThatIsMissingIsNoServerThatIsMissing() throws SQLException {
        Schema.CURRENT.bringUp(Opened.connections(database));
        var worker = Opened.asWorker(database);
        run("REVOKE SELECT ON holdfast.flyway_schema_history FROM worker_of_" + database.name());

        SQLException missing = catchThrowableOfType(SQLException.class, () -> Schema.CURRENT.bringUp(worker));

        assertThat(worker.trouble(missing).code()).isEqualTo("database_rights");
    }

    private String refused(String user) {
        Refused refused = catchThrowableOfType(Refused.class, () -> Connections.to(as(user)));
        assertThat(refused).isNotNull();
        assertThat(refused.code()).as(refused.getMessage()).isEqualTo("database_rights");
        return String.valueOf(refused.getMessage());
    }

    private String as(String user) {
        return database.url().toString().replace("postgres@", user + "@");
    }

    private void run(String... statements) {
        for (String sql : List.of(statements)) database.server().query(database.name(), sql);
    }

    private static final class Quiet implements Listener {
        @Override
        public void suspended() {}

        @Override
        public void stop() {}

        @Override
        public void overdue() {}

        @Override
        public void resumed(Pause pause) {}

        @Override
        public void dead(String why) {}

        @Override
        public void found(long number) {}

        @Override
        public void died(long number) {}

        @Override
        public void heard(String payload) {}

        @Override
        public void missed() {}
    }
}
