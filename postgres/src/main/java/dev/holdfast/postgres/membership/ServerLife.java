package dev.holdfast.postgres.membership;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * One life of the server: what ends with it are all sessions and all advisory locks. Nothing of it needs a privilege.
 *
 * @param system which cluster of files
 * @param timeline changes when a replica is promoted
 * @param started when the postmaster was started, in microseconds
 * @param counted since when its statistics count, in microseconds: they begin anew when the server has ended all sessions
 *     because one of its processes crashed, which the postmaster outlives. (Also when somebody resets them; then nodes are
 *     given time to come back who were never away.)
 */
record ServerLife(long system, int timeline, long started, long counted) {
    /** The names of its columns in {@code nodes}, in order. */
    static final String COLUMNS = "server_system, server_timeline, server_started, server_counted";

    private static final String STARTED = "(extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint";

    private static final String READ = "SELECT (SELECT system_identifier FROM pg_control_system()),"
            + " ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int, " + STARTED + ","
            + " coalesce((SELECT (extract(epoch FROM stats_reset) * 1000000)::bigint FROM pg_stat_bgwriter), 0)";

    /** Fails on a replica. */
    static ServerLife read(Connection session) throws SQLException {
        try (var statement = session.createStatement();
                ResultSet row = statement.executeQuery(READ)) {
            row.next();
            return at(row, 1);
        }
    }

    /** Which postmaster it is, and nothing else of it: what a session has never asked for takes its time. */
    static long started(Connection session) throws SQLException {
        try (var statement = session.createStatement();
                ResultSet row = statement.executeQuery("SELECT " + STARTED)) {
            row.next();
            return row.getLong(1);
        }
    }

    static ServerLife at(ResultSet row, int column) throws SQLException {
        return new ServerLife(
                row.getLong(column), row.getInt(column + 1), row.getLong(column + 2), row.getLong(column + 3));
    }

    /** Whether what was acknowledged in the other life is there in this one, as far as this server knows. */
    boolean sameHistory(ServerLife other) {
        return system == other.system && timeline == other.timeline;
    }
}
