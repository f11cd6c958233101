package dev.holdfast.postgres.membership;

import dev.holdfast.core.Holder;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What is written about a node, and the last sign of life of the session that holds its lock.
 *
 * @param life of the server in which its lock was taken
 * @param heard when that session last did something, in microseconds of the database's clock; empty if nobody has the lock
 */
record NodeRow(Holder node, String label, String address, Instant joined, ServerLife life, OptionalLong heard) {
    /**
     * Locks nothing, and writes nothing: the session itself is the sign of life. The backend is looked up at this moment; one
     * that was written down could be somebody else's by now.
     */
    private static final String ALL = "SELECT n.number, n.incarnation, n.label, n.address, n.joined, "
            + ServerLife.COLUMNS + ", h.heard FROM nodes n LEFT JOIN ("
            + "SELECT l.objid::bigint AS number, (extract(epoch FROM a.state_change) * 1000000)::bigint AS heard"
            + " FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
            + " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND l.classid::bigint = ?"
            + " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            + ") h ON h.number = n.number ORDER BY n.number";

    static List<NodeRow> all(Link link, int lockClass) throws SQLException {
        var found = new ArrayList<NodeRow>();
        try (PreparedStatement statement = link.statement(ALL, lockClass);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                long heard = row.getLong(10);
                found.add(new NodeRow(
                        new Holder(Holder.Kind.NODE, row.getLong(1), row.getLong(2)),
                        row.getString(3),
                        row.getString(4),
                        Instant.ofEpochMilli(row.getLong(5)),
                        ServerLife.at(row, 6),
                        heard == 0 ? OptionalLong.empty() : OptionalLong.of(heard)));
            }
        }
        return found;
    }

    long number() {
        return node.number();
    }
}
