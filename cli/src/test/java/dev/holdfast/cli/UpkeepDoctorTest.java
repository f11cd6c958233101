package dev.holdfast.cli;

import static dev.holdfast.cli.DatabaseDoctorTest.examine;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.postgres.Horizon;
import dev.holdfast.postgres.Horizon.Keeper;
import dev.holdfast.postgres.Horizon.Kind;
import dev.holdfast.postgres.PgInspection;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** What {@code holdfast doctor --postgres} says of what lies with whoever keeps the database. */
class UpkeepDoctorTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final HorizonCheck AT_ONCE = new HorizonCheck(Duration.ZERO);

    @TempDir
    Path folder;

    @Test
    void aSessionThatHoldsBackVacuumIsNamed() throws SQLException {
        try (var database = TestDatabase.fresh();
                var forgotten = DriverManager.getConnection(database.jdbcUrl() + "&ApplicationName=forgotten")) {
            String url = database.url().toString();
            forgotten.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            forgotten.setAutoCommit(false);
            String pid = pid(forgotten);

            Finding found = AT_ONCE.of(only("forgotten", url));

            assertThat(found.state()).isEqualTo(Finding.State.HINT);
            assertThat(found.what()).contains("process " + pid + " (forgotten) has kept vacuum", " transactions");
            assertThat(found.fix()).contains("pg_terminate_backend(" + pid + ")");
            assertThat(examine(0, url)).contains("OK    horizon");
        }
    }

    @Test
    void aSessionOfAnotherDatabaseDoesSoOnceItHasWritten() throws SQLException {
        try (var database = TestDatabase.fresh();
                var other = TestDatabase.fresh();
                var elsewhere = DriverManager.getConnection(other.jdbcUrl() + "&ApplicationName=elsewhere")) {
            String url = database.url().toString();
            elsewhere.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            elsewhere.setAutoCommit(false);
            pid(elsewhere);
            assertThat(only("elsewhere", url).keepers()).isEmpty();
            execute(elsewhere, "CREATE TABLE anything ()");
            assertThat(only("elsewhere", url).keepers()).hasSize(1);
        }
    }

    @Test
    void whoMayNotSeeForHowLongTransactionsAreOpenIsToldSo() throws SQLException {
        try (var database = TestDatabase.fresh();
                var forgotten = DriverManager.getConnection(database.jdbcUrl() + "&ApplicationName=forgotten")) {
            String blind = "blind_of_" + database.name();
            change(
                    database,
                    "CREATE ROLE " + blind + " LOGIN",
                    "GRANT ALL ON DATABASE " + database.name() + " TO " + blind);
            String url = database.url().toString().replace("postgres@", blind + "@");
            forgotten.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            forgotten.setAutoCommit(false);
            pid(forgotten);
            assertThat(only("forgotten", url).keepers())
                    .extracting(Keeper::kind)
                    .containsExactly(Kind.HIDDEN);
            assertThat(examine(0, url))
                    .contains("HINT  horizon", "may not see for how long", "GRANT pg_read_all_stats");

            change(database, "GRANT pg_read_all_stats TO " + blind);
            assertThat(examine(0, url)).contains("OK    horizon");
            change(database, "DROP OWNED BY " + blind, "DROP ROLE " + blind);
        }
    }

    @Test
    void fiveMinutesAreLongAndWhereNobodyKnowsAHundredThousandTransactions() {
        assertThat(stateOf(Kind.SESSION, 299, 1_000_000)).isEqualTo(Finding.State.OK);
        assertThat(stateOf(Kind.SESSION, 300, 0)).isEqualTo(Finding.State.HINT);
        for (Kind timeless : List.of(Kind.SLOT, Kind.FEEDBACK)) {
            assertThat(stateOf(timeless, -1, 99_999)).isEqualTo(Finding.State.OK);
            assertThat(stateOf(timeless, -1, 100_000)).isEqualTo(Finding.State.HINT);
        }
        var left = new Keeper(Kind.SLOT, 0, "left", Optional.empty(), 1_000_000);
        assertThat(HorizonCheck.USUAL.of(new Horizon(List.of(left))).line())
                .contains("'left' (used by nobody)", "pg_drop_replication_slot('left')");
        var hidden = new Keeper(Kind.HIDDEN, 12, "psql", Optional.empty(), 100_000);
        assertThat(HorizonCheck.USUAL.of(new Horizon(List.of(hidden, hidden))).what())
                .contains(
                        "process 12 (psql), of another user, has kept", "for 100000 transactions; and so have 1 more");
    }

    private static Finding.State stateOf(Kind kind, int seconds, long passed) {
        Optional<Duration> open = seconds < 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
        return HorizonCheck.USUAL
                .of(new Horizon(List.of(new Keeper(kind, 12, "name", open, passed))))
                .state();
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "HOLDFAST_TESTS", matches = "all", disabledReason = "slow")
    void whatNobodyComesBackForIsNamedToo() throws SQLException {
        var settings = Settings.standard().with("wal_level", "logical").with("max_prepared_transactions", "1");
        try (var server = LocalPostgres.start(folder, settings)) {
            server.createDatabase("mine");
            String url = server.url("mine").toString();
            // It keeps rows of the system catalogs, and no others.
            server.query("mine", "SELECT pg_create_logical_replication_slot('unread', 'pgoutput')");
            try (var session = DriverManager.getConnection(server.jdbcUrl("mine"))) {
                session.setAutoCommit(false);
                execute(session, "CREATE TABLE anything ()");
                execute(session, "PREPARE TRANSACTION 'Who''s who'");
            }
            assertThat(AT_ONCE.of(only("Who's who", url)).fix()).contains("ROLLBACK PREPARED 'Who''s who'");
            assertThat(only("unread", url).keepers()).isEmpty();
            assertThat(examine(0, url)).contains("OK    horizon");
        }
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "HOLDFAST_TESTS", matches = "all", disabledReason = "slow")
    void aFailoverMayLoseWhatNoStandbyIsAwaitedFor() {
        try (var primary = LocalPostgres.start(folder.resolve("primary"), Settings.standard())) {
            primary.createDatabase("mine");
            primary.query("mine", "CREATE ROLE blind LOGIN");
            primary.query("mine", "GRANT ALL ON DATABASE mine TO blind");
            String url = primary.url("mine").toString();
            assertThat(examine(0, url)).contains("OK    failover  no standby");
            try (var standby = primary.standby(folder.resolve("standby"))) {
                standby.awaitReplay();
                standby.server().query("mine", "ALTER SYSTEM SET hot_standby_feedback = on");
                standby.server().query("mine", "SELECT pg_reload_conf()");
                await("its slot keeps what it reads")
                        .atMost(LONG)
                        .until(() -> !slots(url).isEmpty());
                assertThat(slots(url)).extracting(Keeper::pid).doesNotContain(0);
                for (String who : List.of(url, url.replace("postgres@", "blind@"))) {
                    assertThat(examine(0, who))
                            .contains("HINT  failover  no commit waits for a standby (standby_")
                            .contains("may lose acknowledged work", "synchronous_standby_names = 'ANY 1 (standby_");
                }
                primary.query("mine", "ALTER DATABASE mine SET synchronous_commit = local");
                primary.query("mine", "ALTER SYSTEM SET synchronous_standby_names = '*'");
                primary.restart();
                // Of what is replayed the commit has waited for the standby, so it is there again.
                standby.awaitReplay();
                assertThat(examine(0, url))
                        .contains("OK    failover", "(synchronous_standby_names=*)")
                        .contains("synchronous_commit=on");
            }
        }
    }

    private static List<Keeper> slots(String url) {
        return PgInspection.of(url).horizon().keepers().stream()
                .filter(keeper -> keeper.kind() == Kind.SLOT)
                .toList();
    }

    private static Horizon only(String name, String url) {
        return new Horizon(PgInspection.of(url).horizon().keepers().stream()
                .filter(keeper -> keeper.name().equals(name))
                .toList());
    }

    private static String pid(Connection session) throws SQLException {
        try (var statement = session.createStatement();
                var row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getString(1);
        }
    }

    private static void execute(Connection session, String sql) throws SQLException {
        try (var statement = session.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void change(TestDatabase database, String... statements) {
        for (String sql : statements) database.server().query(database.name(), sql);
    }
}
