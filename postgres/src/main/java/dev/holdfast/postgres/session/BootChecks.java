package dev.holdfast.postgres.session;

import dev.holdfast.core.Refused;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.util.PSQLState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a database that can be reached is one that a node can live on. Each refusal says what to change. */
final class BootChecks {
    private static final Logger LOG = LoggerFactory.getLogger(BootChecks.class);
    static final int OLDEST = 14;
    static final int NEWEST = 18;

    private static final String PID = "SELECT pg_backend_pid()";
    private static final String WHAT = "SELECT current_setting('server_version_num')::int / 10000,"
            + " pg_is_in_recovery(), current_setting('track_activities') = 'on'";
    private static final String PORT = "SELECT inet_server_port()";
    /** Whether it may make the schema, or use it. */
    private static final String MAY_ENTER = "SELECT CASE WHEN EXISTS (SELECT FROM pg_namespace WHERE nspname = '"
            + Connections.SCHEMA + "') THEN has_schema_privilege('" + Connections.SCHEMA
            + "', 'USAGE') ELSE has_database_privilege(current_database(), 'CREATE') END";
    /** Some of what it may not use. Of Flyway's own table nodes read only. */
    private static final String CLOSED = "SELECT string_agg(relname, ', ' ORDER BY relname) FROM (SELECT c.relname"
            + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '" + Connections.SCHEMA
            + "' AND CASE WHEN c.relkind = 'S' THEN NOT has_sequence_privilege(c.oid, 'USAGE')"
            + " WHEN c.relname = 'flyway_schema_history' THEN NOT has_table_privilege(c.oid, 'SELECT')"
            + " WHEN c.relkind = 'r' THEN NOT (has_table_privilege(c.oid, 'SELECT')"
            + " AND has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'UPDATE')"
            + " AND has_table_privilege(c.oid, 'DELETE')) ELSE false END ORDER BY 1 LIMIT 3) closed";
    /** From when something was said until it must have been heard, on a server that answers. */
    private static final int HEARD_MILLIS = 5_000;

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
            fit(first);
            sessionsAreOurs(first, second);
            rights(first);
            lookBetween(first);
            return seesClientsGo(first);
        }
    }

    /**
     * What is said to a session must be heard on it while it says nothing itself. Who hands the backend of a silent client to
     * others cannot do that, by whatever rule he chooses among several; who only compares their numbers may be given the same
     * one each time.
     */
    private void sessionsAreOurs(Connection first, Connection second) throws SQLException {
        String channel = "holdfast_boot_" + number(first, PID);
        execute(first, "LISTEN " + channel);
        execute(second, "NOTIFY " + channel);
        PGNotification[] heard = first.unwrap(PGConnection.class).getNotifications(HEARD_MILLIS);
        if (heard == null || heard.length == 0) {
            throw refused(
                    "database_pooler",
                    "a pooler in transaction mode is between (a session does not hear what is said to it), where a node"
                            + " cannot keep its lock: name the server itself, or a pooler in session mode");
        }
    }

    private static void execute(Connection session, String sql) throws SQLException {
        try (var statement = session.createStatement()) {
            statement.execute(sql);
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
        }
    }

    private void lookBetween(Connection session) throws SQLException {
        int port = number(session, PORT);
        if (url.jdbc().contains(":" + port)) return;
        LOG.warn(
                "the database {} listens on port {} itself, so something is in between: keep-alives end there, and only"
                        + " heartbeats notice when the way is cut",
                url.shown(),
                port);
    }

    private void rights(Connection session) throws SQLException {
        if (!"t".equals(text(session, MAY_ENTER))) {
            throw refused(
                    "database_rights",
                    "the user may not make tables in it, nor use those of schema " + Connections.SCHEMA
                            + ": GRANT CREATE ON DATABASE \"" + url.database() + "\" TO \"" + url.user()
                            + "\", or make the schema and the user its owner: CREATE SCHEMA " + Connections.SCHEMA
                            + " AUTHORIZATION \"" + url.user() + "\"");
        }
        String closed = text(session, CLOSED);
        if (closed != null) {
            throw refused(
                    "database_rights",
                    "the user may not read and write all that is there of Holdfast (" + closed
                            + "): as their owner, GRANT"
                            + " USAGE ON ALL SEQUENCES IN SCHEMA " + Connections.SCHEMA + " TO \"" + url.user()
                            + "\"; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA " + Connections.SCHEMA
                            + " TO \"" + url.user() + "\"");
        }
    }

    private static @Nullable String text(Connection session, String question) throws SQLException {
        try (var statement = session.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            row.next();
            return row.getString(1);
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
