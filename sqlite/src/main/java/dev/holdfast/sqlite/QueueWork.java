package dev.holdfast.sqlite;

import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.sql.QueueRow;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Carries out a command to a queue: its settings, and then what they mean to each of its lanes. */
final class QueueWork extends Work<Receipt> {
    private static final String PAUSE_LANE =
            "INSERT OR IGNORE INTO paused_lanes (namespace, queue, lane) VALUES (?, ?, ?)";
    private static final String RESUME_LANE = "DELETE FROM paused_lanes WHERE namespace = ? AND queue = ? AND lane = ?";

    private static final String WRITE = "INSERT INTO queues (" + QueueRow.COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (namespace, name) DO UPDATE SET paused = excluded.paused,"
            + " concurrency = excluded.concurrency, lane_concurrency = excluded.lane_concurrency,"
            + " rate_count = excluded.rate_count, rate_per = excluded.rate_per";
    /** What says nothing is no setting. */
    private static final String REMOVE = "DELETE FROM queues WHERE namespace = ? AND name = ?";

    private static final String LANES = "UPDATE lanes SET"
            + " paused = ?3 OR EXISTS (SELECT 1 FROM paused_lanes p"
            + " WHERE p.namespace = ?1 AND p.queue = ?2 AND p.lane = lanes.lane),"
            + " gate = ?4, slots = CASE WHEN serial THEN 1 WHEN lane = '' THEN NULL ELSE ?5 END"
            + " WHERE namespace = ?1 AND queue = ?2 AND (?6 IS NULL OR lane = ?6)";

    private final QueueChange change;
    private final String namespace;
    private final String queue;

    QueueWork(QueueChange change) {
        this.change = change;
        this.namespace = change.namespace().name();
        this.queue = change.queue();
    }

    @Override
    Receipt in(Transaction tx) throws SQLException {
        var request = change.request();
        if (request != null) {
            Receipt first = Requests.seenBefore(tx, request);
            if (first != null) return first;
            Requests.answer(tx, request, request.answer());
        }
        var present = QueueRow.of(tx.session(), namespace, queue);
        switch (change.what()) {
            case QueueChange.OfQueue what -> lanes(tx, become(tx, present, what), null);
            case QueueChange.OfLane what -> {
                String statement = what.isPaused() ? PAUSE_LANE : RESUME_LANE;
                tx.write(statement)
                        .text(namespace)
                        .text(queue)
                        .text(what.lane())
                        .update();
                lanes(tx, present, what.lane());
            }
        }
        return new Receipt.Applied();
    }

    /** What is there was read in this transaction: what is not named stays. */
    private QueueRow become(Transaction tx, QueueRow present, QueueChange.OfQueue what) throws SQLException {
        boolean paused = what.isPaused() == null ? present.isPaused() : what.isPaused();
        var next = new QueueRow(paused, what.over(present.settings()));
        if (next.isPlain()) tx.write(REMOVE).text(namespace).text(queue).update();
        else next.in(tx.write(WRITE), namespace, queue).update();
        if (next.settings().rate() == null) RateWrites.clear(tx, namespace, queue);
        return next;
    }

    private void lanes(Transaction tx, QueueRow row, @Nullable String lane) throws SQLException {
        tx.forgetLanes();
        Integer slots = row.settings().laneConcurrency();
        tx.write(LANES)
                .text(namespace)
                .text(queue)
                .number(row.isPaused() ? 1 : 0)
                .text(row.hasGate() ? QueueRow.gate(namespace, queue) : "")
                .number(slots == null ? null : (Long) slots.longValue())
                .text(lane)
                .update();
    }

    @Override
    Receipt refusal(Refused why) {
        return new Receipt.Rejected(why);
    }
}
