package dev.holdfast.sqlite;

import dev.holdfast.core.Holder;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.engine.port.Rate;
import dev.holdfast.engine.port.Tick;
import dev.holdfast.sql.LaneKey;
import dev.holdfast.sql.QueueRow;
import dev.holdfast.sql.RateBook;
import dev.holdfast.sql.Sql;
import dev.holdfast.sql.Suspected;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Moves due runs into the claim index and looks for what is due. Each look is at the beginning of an index. */
final class TickWork extends Work<Tick> {
    private static final String DUE = "SELECT id, " + LaneKey.COLUMNS
            + " FROM runs WHERE due <= ? AND claim_at IS NULL AND state = 'QUEUED' ORDER BY due LIMIT ?";
    private static final String PROMOTE = "UPDATE runs SET claim_at = CASE WHEN cancelled THEN 0 ELSE place END,"
            + " turn = CASE WHEN parked_version IS NOT NULL OR " + Suspected.ANY + " THEN NULL"
            + " WHEN lane <> '' AND (slot_of IS NOT NULL OR under = 1) THEN 2 ELSE started IS NOT NULL END WHERE id = ?";
    private static final String NEXT_DUE = "SELECT min(due) FROM runs WHERE due > ? AND claim_at IS NULL";

    private static final String OURS =
            "(r.holder_number IS NULL OR (r.holder_number = ? AND r.holder_incarnation = ? AND r.holder_kind = ?))";
    private static final String DEADLINES =
            "SELECT id FROM runs r WHERE deadline <= ? AND " + OURS + " ORDER BY deadline LIMIT ?";
    private static final String NEXT_DEADLINE = "SELECT min(deadline) FROM runs WHERE deadline > ?";
    private static final String INBOXES =
            "SELECT DISTINCT i.run FROM inbox i JOIN runs r ON r.id = i.run WHERE " + OURS + " LIMIT ?";

    private static final String LINGERS =
            "SELECT 1 FROM runs INDEXED BY runs_lingering WHERE lingers_number IS NOT NULL LIMIT 1";
    private static final String FIRING = "SELECT min(next) FROM schedules WHERE next IS NOT NULL";

    private static final String RATED =
            "SELECT namespace, name, concurrency, lane_concurrency, rate_count, rate_per FROM queues"
                    + " WHERE rate_count IS NOT NULL";
    private static final String READY =
            "SELECT 1 FROM lanes INDEXED BY lanes_ready WHERE ready = 1 AND gate = ? LIMIT 1";

    private final Holder node;
    private final int limit;

    TickWork(Holder node, int limit) {
        this.node = node;
        this.limit = limit;
    }

    @Override
    Tick in(Transaction tx) throws SQLException {
        List<Due> due = tx.read(DUE).instant(tx.now()).number(limit).list(r -> new Due(r.id(), LaneKey.read(r)));
        var lanes = new LaneBook(tx);
        for (Due each : due) {
            tx.write(PROMOTE).id(each.run()).update();
            tx.rows().forget(each.run());
            lanes.promoted(each.run(), each.lane());
        }
        LaneSweep.tidy(tx, limit);
        List<RunId> deadlines =
                ours(tx.read(DEADLINES).instant(tx.now())).number(limit).list(Sql.Row::id);
        List<RunId> inboxes = ours(tx.read(INBOXES)).number(limit).list(Sql.Row::id);
        var rates = rates(tx);
        boolean more = due.size() == limit || deadlines.size() == limit || inboxes.size() == limit;
        boolean lingers = tx.read(LINGERS).any();
        Instant firing = tx.read(FIRING).firstInstant().orElse(null);
        return new Tick(
                deadlines, inboxes, due.size(), rates.opened(), lingers, firing, more ? tx.now() : next(tx, rates));
    }

    private record Due(RunId run, LaneKey lane) {}

    private Sql ours(Sql sql) throws SQLException {
        return sql.number(node.number()).number(node.incarnation()).text(node.kind());
    }

    /**
     * @param opened whether one that has something to give may give it
     * @param next when the next of those that may not may again
     */
    private record Rates(boolean opened, @Nullable Instant next) {}

    /** Also of queues in which nothing waits: what comes there before the next look is not to wait for that. */
    private static Rates rates(Transaction tx) throws SQLException {
        boolean opened = false;
        Instant next = null;
        for (Rated queue : tx.read(RATED).list(r -> new Rated(r.text(), r.text(), QueueRow.settings(r)))) {
            Rate rate = queue.settings().rate();
            if (rate == null) continue;
            Instant opens = new RateBook(tx.session(), queue.namespace(), queue.name(), rate).opens();
            if (opens == null || !opens.isAfter(tx.now())) {
                opened |= tx.read(READY)
                        .text(QueueRow.gate(queue.namespace(), queue.name()))
                        .any();
            } else if (next == null || opens.isBefore(next)) {
                next = opens;
            }
        }
        return new Rates(opened, next);
    }

    private record Rated(String namespace, String name, QueueSettings settings) {}

    private static @Nullable Instant next(Transaction tx, Rates rates) throws SQLException {
        var due = tx.read(NEXT_DUE).instant(tx.now()).firstInstant();
        var deadline = tx.read(NEXT_DEADLINE).instant(tx.now()).firstInstant();
        return Stream.of(due, deadline, Optional.ofNullable(rates.next()))
                .flatMap(Optional::stream)
                .min(Instant::compareTo)
                .orElse(null);
    }
}
