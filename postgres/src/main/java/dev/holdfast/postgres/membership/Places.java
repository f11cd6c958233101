package dev.holdfast.postgres.membership;

import dev.holdfast.core.Refused;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Where the nodes of a cluster have the streams of their runs: all in the same place, or what one of them writes another one does
 * not find. Each says so by a lock that it shares with all who agree. Its session is the one that holds the lock of the node, so
 * that it is said for as long as the node is alive, and nothing is left of it when none is.
 *
 * <p>A node of a program that does not know this says nothing, and is nobody's obstacle.
 */
final class Places {
    /** Waits for nobody: nobody takes it for himself alone. */
    private static final String SAY = "SELECT 1 FROM pg_advisory_lock_shared(?, ?)";

    /** Locks nothing. The lock of a place is found beside that of a node, in the same session. */
    private static final String OTHERS = "SELECT n.number, n.label, p.objid::bigint FROM pg_locks p"
            + " JOIN pg_locks l ON l.pid = p.pid AND l.database = p.database"
            + " JOIN nodes n ON n.number = l.objid::bigint"
            + " WHERE p.locktype = 'advisory' AND p.granted AND p.objsubid = 2 AND p.classid::bigint = ?"
            + " AND p.objid::bigint <> ? AND p.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            + " AND l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND l.classid::bigint = ?"
            + " AND n.number <> ? ORDER BY n.number LIMIT 1";

    private Places() {}

    /** From here on the session of this link says so. */
    static void say(Link hold, Seat seat) throws SQLException {
        hold.number(SAY, -seat.lockClass(), seat.streams().key());
    }

    /**
     * Whoever comes has said it before: of two who come at the same moment one sees the other.
     *
     * @throws Refused {@code streams_elsewhere} if another node has them in another place
     */
    static void refuse(Link link, Seat seat) throws SQLException {
        StreamPlace place = seat.streams();
        try (PreparedStatement statement = link.statement(
                        OTHERS, classOfPlaces(seat), (long) place.key(), (long) seat.lockClass(), seat.number());
                ResultSet row = statement.executeQuery()) {
            if (!row.next()) return;
            String theirs = new StreamPlace(Math.toIntExact(row.getLong(3))).words();
            throw new Refused(
                    "streams_elsewhere",
                    "node " + row.getLong(1) + " (" + row.getString(2) + ") has the streams of runs " + theirs
                            + ", and this one would have them "
                            + (theirs.equals(place.words()) ? "in another stream, or on another NATS" : place.words())
                            + ": each would miss what the other writes. Name the same NATS to all nodes of a cluster, or"
                            + " none (--nats, --nats-stream); to have streams elsewhere from now on, stop all nodes first");
        }
    }

    /** As the database tells it: without a sign. */
    private static long classOfPlaces(Seat seat) {
        return Integer.toUnsignedLong(-seat.lockClass());
    }
}
