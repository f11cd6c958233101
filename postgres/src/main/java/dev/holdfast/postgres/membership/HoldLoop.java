package dev.holdfast.postgres.membership;

import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.Bell;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the node's lock and sends its heartbeats; waits for nothing that another node can hold.
 *
 * <p>If its session ends while the server lives, the node is dead, for others were given the lock at that moment. If the server
 * has begun a new life, nobody was: it takes its lock again and stays who it is. If the server's history is another one, what
 * was acknowledged may be lost, and the node gives up.
 */
final class HoldLoop {
    private static final Logger LOG = LoggerFactory.getLogger(HoldLoop.class);
    private static final Duration AGAIN = Duration.ofMillis(50);
    /** Less than anybody takes for silence. */
    private static final Duration PATIENCE = Duration.ofMillis(300);

    /** Locks nothing, but waits for who changes the table itself: an upgrade, or VACUUM FULL. That it waits is an answer, too. */
    private static final String BEAT = "SELECT 1 FROM nodes WHERE number = ? AND incarnation = ?";

    private static final String TAKE = "SELECT pg_try_advisory_lock(?, ?)";
    /** Locks the node's own row, not its key: claims in flight go on. */
    private static final String TAKEN_AGAIN = "UPDATE nodes SET server_system = ?, server_timeline = ?,"
            + " server_started = ?, server_counted = ? WHERE number = ? AND incarnation = ?";
    /** Waits for the claims of this node that are in flight, which nobody else makes. */
    private static final String LEAVE = "DELETE FROM nodes WHERE number = ? AND incarnation = ?";
    /** Takes a lock that all who say something take: only here, where nothing depends on this session any more. */
    private static final String LAST_WORD = "SELECT count(pg_notify(? || number, ?)) FROM nodes";

    private final Seat seat;
    private final Wire wire;
    private final Fence fence;
    private final Pulses pulses;
    private final Body body;
    private final Bell bell;
    private ServerLife life;
    private List<String> stuck = List.of();
    private volatile boolean leaving;

    /** @param wire has the session that holds the lock */
    HoldLoop(Seat seat, Wire wire, Pulses pulses, Body body) throws SQLException {
        this.seat = seat;
        this.wire = wire;
        this.fence = body.fence();
        this.pulses = pulses;
        this.body = body;
        this.bell = body.ports().threads().bell();
        this.life = wire.link().life();
    }

    /** Something has happened to another session: look now whether this node is alive. */
    void look() {
        bell.ring();
    }

    /** Take the node's row away, and then end. */
    void leave() {
        leaving = true;
        bell.ring();
    }

    void run() {
        try {
            while (body.isAlive()) {
                if (leaving) {
                    goAway();
                    return;
                }
                beat();
                bell.await(body.times().heartbeat());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void beat() throws InterruptedException {
        if (isStuck()) return;
        long sent = body.ports().clock().nanos();
        try {
            if (wire.link().patient(PATIENCE).number(BEAT, seat.number(), seat.incarnation()) == 0) {
                fence.dead("its row in nodes is gone: another node has found it dead");
            } else {
                fence.answered(sent);
            }
        } catch (SQLException e) {
            if (!body.isAlive()) return;
            if (Link.isLocked(e)) {
                fence.answered(sent);
                return;
            }
            LOG.warn("node {} has lost the session that holds its lock: {}", seat.number(), e.getMessage());
            wire.lost();
            comeBack();
        }
    }

    private boolean isStuck() {
        List<String> now = pulses.stuck();
        if (!now.equals(stuck) && !now.isEmpty()) {
            LOG.error("node {} sends no heartbeat: {} did not turn in time; look at its threads", seat.number(), now);
        }
        stuck = now;
        return !now.isEmpty();
    }

    private void comeBack() throws InterruptedException {
        while (body.isAlive() && !leaving) {
            try {
                if (tryBack(wire.link())) return;
            } catch (SQLException e) {
                LOG.debug("node {} cannot come back yet: {}", seat.number(), e.getMessage());
                wire.lost();
            }
            bell.await(AGAIN);
        }
    }

    /** Whether it is decided what has become of the node. */
    private boolean tryBack(Link link) throws SQLException {
        ServerLife now = link.life();
        if (now.equals(life)) {
            fence.dead("the session that held its lock has ended while the server lives");
            return true;
        }
        if (!now.sameHistory(life)) {
            fence.dead("the database is another one, or was promoted: what was acknowledged may be lost");
            return true;
        }
        if (link.number(TAKE, seat.lockClass(), seat.number()) == 0) return false;
        Places.say(link, seat);
        int rows = link.update(
                TAKEN_AGAIN,
                now.system(),
                now.timeline(),
                now.started(),
                now.counted(),
                seat.number(),
                seat.incarnation());
        if (rows == 0) {
            fence.dead("the database was started again, and this node came back to it too late");
            return true;
        }
        try {
            Places.refuse(link, seat);
        } catch (Refused e) {
            fence.dead(String.valueOf(e.getMessage()));
            return true;
        }
        life = now;
        LOG.info("the database was started again, and node {} has its lock back", seat.number());
        bell.ring();
        return true;
    }

    private void goAway() {
        try {
            Link link = wire.link().patient(Duration.ZERO);
            link.update(LEAVE, seat.number(), seat.incarnation());
            link.number(LAST_WORD, SpeakLoop.CHANNEL, new Word.Gone(seat.number()).text());
        } catch (SQLException e) {
            LOG.warn("node {} leaves its row to the others: {}", seat.number(), e.getMessage());
        }
        fence.close();
    }
}
