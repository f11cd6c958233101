package dev.holdfast.postgres;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Refused;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.postgres.session.Connections;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Programs of different times on one database. */
class SchemaTest {
    private static final Schema OLD = new Schema(Schema.CURRENT.locations(), Schema.OLDEST - 1);

    /** Of a program of before. */
    private static final String JOIN =
            "INSERT INTO nodes VALUES (7, 1, 'old', '', 0, 0, 0, 0, 1, " + OLD.version() + ", 0)";

    private static final String RUN =
            "INSERT INTO runs (id, namespace, task, version, policy, created, queue, lane, serial, place, state, cancelled, epoch,"
                    + " seq, attempt, losses, losses_alone, under)"
                    + " VALUES ('%s', '%s', '%s', '1', '', 0, 'default', '', 0, 0, '%s', 0, 0, 1, 1, 0, 0, 0)";

    private final TestDatabase database = TestDatabase.fresh();
    private final Connections connections = Opened.connections(database);

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void aDatabaseThatANewerProgramHasWrittenIsRefused() throws SQLException {
        Schema.CURRENT.bringUp(connections);

        assertThat(refused(OLD)).isEqualTo("schema_too_new");
    }

    /** It would not be asked whether it can go on with the new tables. */
    @Test
    void nothingIsChangedUnderANodeThatCouldNotGoOn() throws SQLException {
        OLD.bringUp(connections);
        try (Connection node = connections.named(7).open();
                var statement = node.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(lock_class, 7) FROM cluster");
            statement.execute(JOIN);

            assertThat(refused(Schema.CURRENT)).isEqualTo("schema_incompatible");
            assertThat(version()).isEqualTo(OLD.version());

            statement.execute("SELECT pg_advisory_unlock_all()");
            Schema.CURRENT.bringUp(connections);
            assertThat(version()).isEqualTo(Schema.CURRENT.version());
        }
    }

    /** However long that takes, whatever time the database allows for an ordinary statement. */
    @Test
    void whatWasWrittenBeforeAnUpgradeIsThereAfterIt() throws SQLException {
        OLD.bringUp(connections);
        String queued = "01890a5d-ac96-774b-bcce-b302099a8057";
        String ended = "01890a5d-ac96-774b-bcce-b302099a8058";
        String orphan = "01890a5d-ac96-774b-bcce-b302099a8059";
        try (Connection session = connections.open();
                var statement = session.createStatement()) {
            statement.execute(RUN.formatted(queued, "default", "mail", "QUEUED"));
            statement.execute(RUN.formatted(ended, "other", "pay", "FINISHED"));
            statement.execute("INSERT INTO run_payloads (run, input, output) VALUES ('" + queued + "', '1', NULL), ('"
                    + ended + "', '2', '3'), ('" + orphan + "', '4', NULL)");
            statement.execute("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS"
                    + " 'BEGIN PERFORM pg_sleep(6); RETURN NULL; END'");
            statement.execute("CREATE TRIGGER slow AFTER UPDATE ON run_payloads EXECUTE FUNCTION slow()");
            statement.execute("ALTER DATABASE " + database.name() + " SET statement_timeout = '1s'");
        }

        Schema.CURRENT.bringUp(connections);

        assertThat(
                        database.server()
                                .query(
                                        database.name(),
                                        "SELECT run, input, coalesce(output, '-'), namespace, task FROM holdfast.run_payloads ORDER BY run"))
                .containsExactly(
                        List.of(queued, "1", "-", "default", "mail"), List.of(ended, "2", "3", "other", "pay"));
    }

    /** Between the look at who is there and the first change. */
    @Test
    void whoJoinsJustBeforeTheFirstChangeIsInTheWayToo() throws Exception {
        OLD.bringUp(connections);
        try (Connection node = connections.named(7).open();
                var statement = node.createStatement();
                var upgrades = Executors.newVirtualThreadPerTaskExecutor()) {
            statement.execute("SELECT pg_advisory_lock(lock_class, 7) FROM cluster");
            node.setAutoCommit(false);
            statement.execute(JOIN);
            Future<@Nullable Refused> upgrade = upgrades.submit(
                    () -> catchThrowableOfType(Refused.class, () -> Schema.CURRENT.bringUp(connections)));
            await("the upgrade waits for who is joining").atMost(ofSeconds(20)).until(() -> isWaitedFor("nodes"));
            node.commit();

            assertThat(upgrade.get()).satisfies(refused -> {
                assertThat(refused.code()).isEqualTo("migration_failed");
                assertThat(refused).hasMessageContaining("a node of an older program is alive: stop it first");
            });
            assertThat(version()).isEqualTo(OLD.version());
        }
    }

    /** However long that takes. */
    @Test
    void whoBootsWhileAnUpgradeIsAtItWaitsForIt() throws Exception {
        OLD.bringUp(connections);
        try (Connection reader = connections.open();
                var reads = reader.createStatement();
                var upgrades = Executors.newVirtualThreadPerTaskExecutor()) {
            reads.execute("SET idle_in_transaction_session_timeout = 0");
            reader.setAutoCommit(false);
            reads.execute("SELECT FROM run_payloads");
            var both = List.of(upgrades.submit(this::bringUp), upgrades.submit(this::bringUp));
            await("one upgrade is at it").atMost(ofSeconds(20)).until(() -> isWaitedFor("run_payloads"));
            // Who is there is read before anybody waits for his turn.
            reads.execute("SET LOCAL lock_timeout = '1s'");
            reads.execute("SELECT FROM nodes");
            reader.rollback();
            for (Future<?> each : both) each.get();
        }
        assertThat(version()).isEqualTo(Schema.CURRENT.version());
    }

    private @Nullable Object bringUp() throws SQLException {
        Schema.CURRENT.bringUp(connections);
        return null;
    }

    private boolean isWaitedFor(String table) {
        return !database.server()
                .query(
                        database.name(),
                        "SELECT pid FROM pg_locks WHERE NOT granted AND relation = 'holdfast." + table + "'::regclass")
                .isEmpty();
    }

    /** It would be told at its first start that it is at fault. */
    @Test
    void aProgramOfBeforeDoesNotJoinAfterAnUpgrade() throws SQLException {
        Schema.CURRENT.bringUp(connections);
        try (Connection node = connections.open();
                var statement = node.createStatement()) {
            assertThatThrownBy(() -> statement.execute(JOIN)).hasMessageContaining("nodes_write_lists");
        }
    }

    private String refused(Schema by) {
        Refused refused = catchThrowableOfType(Refused.class, () -> by.bringUp(connections));
        assertThat(refused).isNotNull();
        return refused.code();
    }

    private int version() {
        return Integer.parseInt(String.valueOf(database.server()
                .query(database.name(), "SELECT max(version::int) FROM holdfast.flyway_schema_history")
                .getFirst()
                .getFirst()));
    }
}
