package dev.holdfast.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.system.SystemClock;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import dev.holdfast.sql.Session;
import dev.holdfast.testkit.ProcessTest;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that crashes gives the numbers of transactions that it has lost to others. */
@ProcessTest
final class LostNumberTest {
    private static final String DATABASE = "numbers";

    private final LocalPostgres server = LocalPostgres.temporary(Settings.standard());
    private final SQLException lost = new SQLException("the commit was not answered");
    private Track track;

    @BeforeEach
    void open() {
        server.createDatabase(DATABASE);
        server.query(DATABASE, "CREATE TABLE t (who text)");
        track = new Track(this::session, new SystemThreads(), new SystemClock()::now);
    }

    @AfterEach
    void close() {
        track.close();
        server.close();
    }

    private Session session() throws SQLException {
        return session(server);
    }

    private static Session session(LocalPostgres server) throws SQLException {
        var connection = DriverManager.getConnection(server.jdbcUrl(DATABASE));
        connection.setAutoCommit(false);
        return new Session(connection, new PgDialect());
    }

    @Test
    void whatNobodyHasTheNumberOfIsLost() throws SQLException {
        var one = unfinished();
        crash();
        assertThat(track.hasHappened(one.number(), one.backend(), lost)).isFalse();
        assertThat(server.query(
                        DATABASE,
                        "SELECT query FROM pg_stat_activity WHERE datname = current_database()"
                                + " AND state = 'idle in transaction'"))
                .as("whoever was asked is asked for nothing more")
                .isEmpty();
    }

    /** It may have been received, and be replayed yet. */
    @Test
    void whatAStandbyDoesNotKnowYetIsNotKnown(@TempDir Path folder) throws SQLException {
        try (var standby = server.standby(folder.resolve("standby"))) {
            standby.pauseReplay();
            var one = unfinished();
            one.session().connection().commit();
            var there = new Track(() -> session(standby.server()), new SystemThreads(), new SystemClock()::now);
            assertThatThrownBy(() -> there.hasHappened(one.number(), one.backend(), lost))
                    .isInstanceOfSatisfying(
                            Unavailable.class,
                            e -> assertThat(e.indeterminate()).isTrue());
            there.close();
        }
    }

    @Test
    void whatHasTheNumberOfSomebodyElseIsNotKnown() throws SQLException {
        var one = unfinished();
        crash();
        while (Long.parseLong(next()) < Long.parseLong(one.number())) {}
        assertThat(server.query(DATABASE, "SELECT 1 FROM t WHERE who = 'one'")).isEmpty();
        assertThatThrownBy(() -> track.hasHappened(one.number(), one.backend(), lost))
                .isInstanceOfSatisfying(
                        Unavailable.class, e -> assertThat(e.indeterminate()).isTrue());
    }

    @Test
    void whatIsOfThisLifeIsKnown() throws SQLException {
        var one = unfinished();
        one.session().connection().commit();
        assertThat(track.hasHappened(one.number(), one.backend(), lost)).isTrue();
        var two = unfinished();
        two.session().connection().close();
        assertThat(track.hasHappened(two.number(), two.backend(), lost)).isFalse();
    }

    private record Unfinished(Session session, Track.Backend backend, String number) {}

    private Unfinished unfinished() throws SQLException {
        Session session = session();
        var backend = Track.Backend.of(session);
        session.connection().commit();
        session.sql("INSERT INTO t VALUES ('one')").update();
        return new Unfinished(session, backend, Track.number(session));
    }

    private String next() {
        return String.valueOf(
                server.query(DATABASE, "INSERT INTO t VALUES ('other') RETURNING pg_current_xact_id()::text")
                        .getFirst()
                        .getFirst());
    }

    private void crash() {
        server.kill();
        server.restart();
    }
}
