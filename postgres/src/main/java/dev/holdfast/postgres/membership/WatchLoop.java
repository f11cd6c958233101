package dev.holdfast.postgres.membership;

import dev.holdfast.engine.port.Bell;
import dev.holdfast.postgres.membership.Takeover.How;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the other nodes: waits for the death of the next one, tries the locks of all every two seconds, and ends those that
 * give no sign of life. Whoever it finds dead is dead for everybody.
 */
final class WatchLoop {
    private static final Logger LOG = LoggerFactory.getLogger(WatchLoop.class);
    private static final Duration AGAIN = Duration.ofMillis(100);
    /** For who changes a table: an upgrade, or VACUUM FULL. Whoever watches turns all the same. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Seat seat;
    private final Body body;
    private final Wire wire;
    private final Pulse pulse;
    private final Others others;
    private final Bell bell;
    private final Death death;
    private final Grace grace;
    private final Set<Long> ended = new HashSet<>();
    private final ServerLife joined;
    private long swept;
    private boolean blind;
    private volatile @Nullable PreparedStatement waiting;

    /** @param wire has a session already */
    WatchLoop(Seat seat, Body body, Wire wire, Pulse pulse, Others others) throws SQLException {
        this.seat = seat;
        this.body = body;
        this.wire = wire;
        this.pulse = pulse;
        this.others = others;
        this.bell = body.ports().threads().bell();
        this.death = new Death(seat, body, others);
        this.grace = new Grace(body.times().grace());
        this.joined = wire.link().life();
        this.swept = nanos();
    }

    /** The others have changed: wait for nobody who is not the next one any more. */
    void look() {
        bell.ring();
        PreparedStatement now = waiting;
        try {
            if (now != null) now.cancel();
        } catch (SQLException e) {
            LOG.debug("a wait of node {} goes on to its end: {}", seat.number(), e.getMessage());
        }
    }

    /** Another node says so. */
    void gone(long number) {
        others.gone(number);
        look();
    }

    void run() {
        try {
            while (body.isAlive()) {
                pulse.turned();
                try {
                    turn();
                    blind = false;
                } catch (SQLException e) {
                    if (!body.isAlive()) return;
                    if (!blind)
                        LOG.warn("node {} cannot watch the others, trying on: {}", seat.number(), e.getMessage());
                    blind = true;
                    if (!Link.isLocked(e)) wire.lost();
                    bell.await(AGAIN);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void turn() throws SQLException, InterruptedException {
        Link link = wire.link().patient(PATIENCE);
        grace.answered(link.life(), nanos());
        if (!link.life().sameHistory(joined)) {
            body.fence().dead("the database is another one, or was promoted: what was acknowledged may be lost");
            return;
        }
        List<NodeRow> rows = others.look(link);
        for (NodeRow row : rows) {
            // Whose lock is free is dead, or has some time to come back.
            if (row.heard().isEmpty()
                    || others.silent(row).compareTo(body.times().frozen()) < 0) continue;
            ended.add(row.number());
            death.end(link, row.number());
        }
        if (!rows.isEmpty() && nanos() - swept >= body.times().sweep().toNanos()) {
            swept = nanos();
            found(link, death.sweep(link, grace.isOver(nanos())));
            return;
        }
        List<NodeRow> askable =
                rows.stream().filter(row -> grace.isProof(row.life(), nanos())).toList();
        var next = Successor.of(seat.number(), askable, NodeRow::number);
        if (next.isEmpty()) {
            bell.await(body.times().patience());
        } else {
            NodeRow node = next.get();
            How how = ended.contains(node.number()) ? How.FROZEN : How.RING;
            found(link, death.await(link, node, how, this::waitFor).stream().toList());
        }
    }

    private boolean waitFor(PreparedStatement wait) throws SQLException {
        waiting = wait;
        try (ResultSet row = wait.executeQuery()) {
            return row.next() && row.getBoolean(1);
        } finally {
            waiting = null;
        }
    }

    /** Those who joined a moment ago are told, too. */
    private void found(Link link, List<Death.Buried> dead) throws SQLException {
        if (dead.isEmpty()) return;
        for (var each : dead) {
            others.found(each.found());
            ended.remove(each.number());
        }
        for (var each : dead) {
            LOG.warn(
                    "node {} ({}) is dead: found by node {}, {} sessions ended",
                    each.number(),
                    each.label(),
                    seat.number(),
                    each.ended());
        }
        try {
            others.look(link);
        } finally {
            for (var each : dead) others.tell(new Word.Gone(each.number()));
        }
    }

    private long nanos() {
        return body.ports().clock().nanos();
    }
}
