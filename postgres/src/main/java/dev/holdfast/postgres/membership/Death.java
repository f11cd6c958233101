package dev.holdfast.postgres.membership;

import dev.holdfast.postgres.membership.Takeover.How;
import dev.holdfast.postgres.session.Connections;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The death of a node is a fact in one transaction, which has its lock: all sessions that bear its name are ended,
 * its row is deleted, and it is written down. A claim of the dead node's that is in flight either commits before (the deletion
 * waits for it) or finds the row gone.
 */
final class Death {
    private static final Logger LOG = LoggerFactory.getLogger(Death.class);

    private static final String END_SESSIONS = "SELECT end_sessions(?)";
    private static final String BURY = "SELECT buried, ended FROM bury(?, ?, ?, ?, ?)";

    /** Tries the lock of every other node once, of those of an earlier life of the server only if it was long ago. */
    private static final String TRY_ALL = "SELECT number FROM nodes WHERE CASE WHEN number <> ?"
            + " AND (? OR (server_system = ? AND server_timeline = ? AND server_started = ? AND server_counted = ?))"
            + " THEN pg_try_advisory_xact_lock(?, number) ELSE false END ORDER BY number";

    private static final String TRY = "SELECT pg_try_advisory_xact_lock(?, ?)";
    /** Lets it go at once: to wait in a transaction is two statements more, each time that nobody has died. */
    private static final String AWAIT = "SELECT await_death(?, ?, ?)";

    /** Somebody who waits for a lock, and can be told to stop waiting. */
    interface Waiter {
        boolean granted(PreparedStatement wait) throws SQLException;
    }

    private final Seat seat;
    private final Body body;
    private final Others others;

    Death(Seat seat, Body body, Others others) {
        this.seat = seat;
        this.body = body;
        this.others = others;
    }

    /** A node that died, and how many of its sessions were ended. */
    record Buried(Listener.Found found, String label, long ended) {
        long number() {
            return found.number();
        }
    }

    /** The node, if it died while we waited and nobody else has buried it. */
    Optional<Buried> await(Link link, NodeRow node, How how, Waiter waiter) throws SQLException {
        int wait = Math.toIntExact(body.times().patience().toMillis());
        try (PreparedStatement statement =
                link.statement(AWAIT, seat.lockClass(), Math.toIntExact(node.number()), wait)) {
            if (!waiter.granted(statement)) return Optional.empty();
        }
        return bury(link, node.number(), how, new Knock(body, link));
    }

    /** Those that were found dead, by their locks. */
    List<Buried> sweep(Link link, boolean graceIsOver) throws SQLException {
        var dead = new ArrayList<Buried>();
        List<Long> free = free(link, graceIsOver);
        if (free.isEmpty()) return dead;
        var knock = new Knock(body, link);
        for (long number : free) bury(link, number, How.SWEEP, knock).ifPresent(dead::add);
        return dead;
    }

    /** Ends a node that gives no sign of life; that it is dead is then found in the ordinary way. */
    void end(Link link, long number) throws SQLException {
        long ended = link.number(END_SESSIONS, Connections.nameOf(number));
        LOG.warn("node {} is frozen: node {} has ended its {} sessions", number, seat.number(), ended);
    }

    private List<Long> free(Link in, boolean graceIsOver) throws SQLException {
        var free = new ArrayList<Long>();
        ServerLife life = in.life();
        try (PreparedStatement statement = in.statement(
                        TRY_ALL,
                        seat.number(),
                        graceIsOver,
                        life.system(),
                        life.timeline(),
                        life.started(),
                        life.counted(),
                        seat.lockClass());
                ResultSet row = statement.executeQuery()) {
            while (row.next()) free.add(row.getLong(1));
        }
        return free;
    }

    /** It was granted a moment ago. Empty if somebody else has it now, or has done all of this. */
    private Optional<Buried> bury(Link link, long number, How how, Knock knock) throws SQLException {
        long granted = body.ports().clock().nanos();
        Optional<Grave> grave = link.transaction(in -> {
            boolean ours = in.number(TRY, seat.lockClass(), Math.toIntExact(number)) == 1;
            if (!ours) return Optional.empty();
            Optional<Grave> found = buried(in, number, how);
            if (found.isPresent()) knock.isLetIn();
            return found;
        });
        Duration took = Duration.ofNanos(body.ports().clock().nanos() - granted);
        return grave.map(it -> new Buried(new Listener.Found(number, how, took), it.label(), it.ended()));
    }

    /** What the database says of it. */
    private record Grave(String label, long ended) {}

    private Optional<Grave> buried(Link in, long number, How how) throws SQLException {
        OptionalLong heard = others.heard(number);
        try (PreparedStatement statement = in.statement(
                        BURY,
                        Math.toIntExact(number),
                        Connections.nameOf(number),
                        seat.number(),
                        how.name(),
                        heard.isPresent() ? (Long) (heard.getAsLong() / 1000) : null);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(new Grave(row.getString(1), row.getLong(2))) : Optional.empty();
        }
    }
}
