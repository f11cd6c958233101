package dev.holdfast.postgres.membership;

import dev.holdfast.postgres.membership.Takeover.How;
import dev.holdfast.postgres.session.Connections;
import dev.holdfast.postgres.session.Use;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The death of a node is a fact in one transaction, which has been granted its lock: all sessions that bear its name are ended,
 * its row is deleted, and it is written down. A claim of the dead node's that is in flight either commits before (the deletion
 * waits for it) or finds the row gone.
 */
final class Death {
    private static final Logger LOG = LoggerFactory.getLogger(Death.class);

    private static final String IMPATIENT = "SET LOCAL lock_timeout = '3s'";
    private static final String READ = "SELECT incarnation, label FROM nodes WHERE number = ?";
    /** All of them: one that is stopped between two statements keeps the locks of its rows. */
    private static final String END_SESSIONS = "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid))"
            + " FROM pg_stat_activity WHERE application_name = ? AND usename = current_user"
            + " AND datname = current_database() AND pid <> pg_backend_pid()";
    /** Waits for claims in flight, which have locked the row FOR KEY SHARE. */
    private static final String DELETE = "DELETE FROM nodes WHERE number = ? AND incarnation = ?";

    private static final String WRITE = "INSERT INTO takeovers"
            + " (number, incarnation, label, by_number, at, how, heard, took)"
            + " VALUES (?, ?, ?, ?, (extract(epoch FROM clock_timestamp()) * 1000)::bigint, ?, ?, ?)";
    private static final String FORGET = "DELETE FROM takeovers WHERE id <= (SELECT max(id) - 1000 FROM takeovers)";

    /** Tries the lock of every other node once, of those of an earlier life of the server only if it was long ago. */
    private static final String TRY_ALL = "SELECT number FROM nodes WHERE CASE WHEN number <> ?"
            + " AND (? OR (server_system = ? AND server_timeline = ? AND server_started = ? AND server_counted = ?))"
            + " THEN pg_try_advisory_xact_lock(?, number) ELSE false END ORDER BY number";

    private static final String NO_ROOM = "53300";

    private static final String AWAIT = "SELECT await_death(?, ?, ?)";

    /** Somebody who waits for a lock, and can be told to stop waiting. */
    interface Waiter {
        boolean granted(PreparedStatement wait) throws SQLException;
    }

    private final Seat seat;
    private final Body body;

    Death(Seat seat, Body body) {
        this.seat = seat;
        this.body = body;
    }

    /** Whether the node died while we waited. */
    boolean await(Link link, NodeRow node, How how, Waiter waiter) throws SQLException {
        return link.transaction(in -> {
            int wait = Math.toIntExact(body.times().patience().toMillis());
            try (PreparedStatement statement =
                    in.statement(AWAIT, seat.lockClass(), Math.toIntExact(node.number()), wait)) {
                if (!waiter.granted(statement)) return false;
                serverGoesOn();
                return happened(in, node.number(), how, node.heard());
            }
        });
    }

    /** Those that were found dead, by their locks. */
    List<Long> sweep(Link link, boolean graceIsOver, List<NodeRow> known) throws SQLException {
        return link.transaction(in -> {
            var dead = new ArrayList<Long>();
            List<Long> free = free(in, graceIsOver);
            if (!free.isEmpty()) serverGoesOn();
            for (long number : free) {
                OptionalLong heard = known.stream()
                        .filter(row -> row.number() == number)
                        .map(NodeRow::heard)
                        .findFirst()
                        .orElse(OptionalLong.empty());
                if (happened(in, number, How.SWEEP, heard)) dead.add(number);
            }
            return dead;
        });
    }

    /** Ends a node that gives no sign of life; that it is dead is then found in the ordinary way. */
    void end(Link link, long number) throws SQLException {
        long ended = link.number(END_SESSIONS, Connections.nameOf(number));
        LOG.warn("node {} is frozen: node {} has ended its {} sessions", number, seat.number(), ended);
    }

    /**
     * A server that is being stopped ends its sessions one after the other: the lock may be free for no other reason, and ours is
     * the next to end. It lets nobody in any more before it begins with that, so whoever was let in after the grant knows better.
     */
    private void serverGoesOn() throws SQLException {
        try {
            body.connections().open(Use.WATCH).close();
        } catch (SQLException e) {
            // No room is an answer, too.
            if (!NO_ROOM.equals(e.getSQLState())) throw e;
        }
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

    /** The lock is ours: false if somebody else has done all of this. */
    private boolean happened(Link in, long number, How how, OptionalLong heard) throws SQLException {
        long granted = body.ports().clock().nanos();
        try (var statement = in.connection().createStatement()) {
            statement.execute(IMPATIENT);
        }
        long incarnation;
        String label;
        try (PreparedStatement statement = in.statement(READ, Math.toIntExact(number));
                ResultSet row = statement.executeQuery()) {
            if (!row.next()) return false;
            incarnation = row.getLong(1);
            label = row.getString(2);
        }
        long ended = in.number(END_SESSIONS, Connections.nameOf(number));
        if (in.update(DELETE, Math.toIntExact(number), incarnation) == 0) return false;
        @Nullable Long last = heard.isPresent() ? (Long) (heard.getAsLong() / 1000) : null;
        long took = (body.ports().clock().nanos() - granted) / 1000;
        in.update(WRITE, Math.toIntExact(number), incarnation, label, seat.number(), how.name(), last, took);
        in.update(FORGET);
        LOG.warn("node {} ({}) is dead: found by node {}, {} sessions ended", number, label, seat.number(), ended);
        return true;
    }
}
