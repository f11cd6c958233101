package dev.holdfast.postgres.session;

import dev.holdfast.core.Refused;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.postgresql.util.PSQLState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a database that can be reached is one that a node can live on. Each refusal says what to change. */
final class BootChecks {
    private static final Logger LOG = LoggerFactory.getLogger(BootChecks.class);
    static final int OLDEST = 14;
    private static final int NEWEST = 18;

    private static final String PID = "SELECT pg_backend_pid()";
    private static final String WHAT = "SELECT current_setting('server_version_num')::int / 10000,"
            + " pg_is_in_recovery(), current_setting('track_activities') = 'on', inet_server_port()";
    private static final String RIGHTS = "SELECT CASE WHEN EXISTS (SELECT FROM pg_namespace WHERE nspname = '"
            + Connections.SCHEMA + "') THEN has_schema_privilege('" + Connections.SCHEMA
            + "', 'USAGE') AND has_schema_privilege('" + Connections.SCHEMA
            + "', 'CREATE') ELSE has_database_privilege(current_database(), 'CREATE') END";
    private static final String CHECK_CLIENTS = "SET client_connection_check_interval = 1000";

    /** Makes a session with nothing set yet: behind a pooler, settings would reach somebody else's. */
    @FunctionalInterface
    interface Opener {
        Connection open() throws SQLException;
    }

    private final DatabaseUrl url;
    private final Opener opener;

    BootChecks(DatabaseUrl url, Opener opener) {
        this.url = url;
        this.opener = opener;
    }

    /** Whether the server's platform can tell that a client is gone while it executes something for it. */
    boolean pass() throws SQLException {
        try (Connection first = opener.open();
                Connection second = opener.open()) {
            sessionsAreOurs(first, second);
            fit(first);
            rights(first);
            return seesClientsGo(first);
        }
    }

    /** While the second is in a transaction, the first must still be who it was: a pooler would have given it another. */
    private void sessionsAreOurs(Connection first, Connection second) throws SQLException {
        int before = number(first, PID);
        second.setAutoCommit(false);
        int other = number(second, PID);
        int after = number(first, PID);
        second.rollback();
        second.setAutoCommit(true);
        if (before == other || before != after) {
            throw refused(
                    "database_pooler",
                    "a pooler in transaction mode is between (a session was backend " + before + ", then " + after
                            + "), where a node cannot keep its lock: name the server itself, or a pooler in session"
                            + " mode");
        }
    }

    private void fit(Connection session) throws SQLException {
        try (var statement = session.createStatement();
                ResultSet row = statement.executeQuery(WHAT)) {
            row.next();
            int version = row.getInt(1);
            if (version < OLDEST || version > NEWEST) {
                throw refused(
                        "database_version",
                        "it is PostgreSQL " + version + ", and this program knows " + OLDEST + " to " + NEWEST + ": "
                                + (version < OLDEST ? "upgrade the database" : "use a newer program"));
            }
            if (row.getBoolean(2)) {
                throw refused(
                        "database_is_replica",
                        "it is a replica, which cannot be written: name the primary, or all of them with"
                                + " target_session_attrs=primary");
            }
            if (!row.getBoolean(3)) {
                throw refused(
                        "database_setting",
                        "track_activities is off, by which nodes see that others are frozen: ALTER ROLE \"" + url.user()
                                + "\" SET track_activities = on");
            }
            int port = row.getInt(4);
            if (!url.jdbc().contains(":" + port)) {
                LOG.warn(
                        "the database {} listens on port {} itself, so something is in between: keep-alives end there,"
                                + " and only heartbeats notice when the way is cut",
                        url.shown(),
                        port);
            }
        }
    }

    private void rights(Connection session) throws SQLException {
        try (var statement = session.createStatement();
                ResultSet row = statement.executeQuery(RIGHTS)) {
            row.next();
            if (!row.getBoolean(1)) {
                throw refused(
                        "database_rights",
                        "the user may not make or change tables in it: GRANT CREATE ON DATABASE \"" + url.database()
                                + "\" TO \"" + url.user() + "\", and if schema " + Connections.SCHEMA
                                + " is there already, make the user its owner");
            }
        }
    }

    private static boolean seesClientsGo(Connection session) throws SQLException {
        try (var statement = session.createStatement()) {
            statement.execute(CHECK_CLIENTS);
            return true;
        } catch (SQLException e) {
            if (PSQLState.INVALID_PARAMETER_VALUE.getState().equals(e.getSQLState())) return false;
            throw e;
        }
    }

    private static int number(Connection session, String question) throws SQLException {
        try (var statement = session.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            row.next();
            return row.getInt(1);
        }
    }

    private Refused refused(String code, String why) {
        return new Refused(code, "the database " + url.shown() + " cannot be used: " + why);
    }
}
