package dev.holdfast.postgres.membership;

import dev.holdfast.core.Refused;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Nodes of programs that cannot work with ours.
 *
 * @param from the oldest version of the schema that our program works with
 * @param to … and the newest
 */
public record Strangers(int from, int to) {
    /**
     * Locks nothing. Whoever does not have its lock is dead, and nobody's obstacle. (Or is just coming back to a server that was
     * started again; that takes a moment.)
     */
    private static final String ALIVE = "SELECT number, label, schema_from, schema_to FROM nodes n, cluster c"
            + " WHERE number <> ? AND (schema_from > ? OR schema_to < ?) AND EXISTS (SELECT 1 FROM pg_locks l"
            + " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND l.classid::bigint = c.lock_class"
            + " AND l.objid::bigint = n.number"
            + " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
            + " ORDER BY number LIMIT 1";

    /**
     * For a program that is not a node yet. The tables must be there.
     *
     * @throws Refused {@code schema_incompatible} if there is one
     */
    public void refuse(Connection session) throws SQLException {
        refuse(session, 0);
    }

    /** For the node with this number. */
    void refuse(Connection session, int number) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(ALIVE)) {
            statement.setInt(1, number);
            statement.setInt(2, to);
            statement.setInt(3, from);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) return;
                throw new Refused(
                        "schema_incompatible",
                        "node " + row.getLong(1) + " (" + row.getString(2) + ") works with versions " + row.getInt(3)
                                + " to " + row.getInt(4) + " of the schema, this program with " + from + " to " + to
                                + ": they cannot work together. Upgrade in steps, or stop the other nodes first");
            }
        }
    }
}
