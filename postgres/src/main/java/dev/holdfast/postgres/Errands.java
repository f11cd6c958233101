package dev.holdfast.postgres;

import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.ScheduleChange;
import dev.holdfast.engine.port.StoredSchedule;
import dev.holdfast.sql.QueueRow;
import dev.holdfast.sql.ScheduleWrites;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Commands to queues and schedules: each is a transaction of its own, and rare. */
final class Errands {
    /** The row of a queue that says nothing is not there: whoever changes one locks its name. */
    private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(?, 8))";

    private static final String LOCK_ROW = "SELECT 1 FROM queues WHERE namespace = ? AND name = ? FOR UPDATE";
    private static final String WRITE = "INSERT INTO queues (" + QueueRow.COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (namespace, name) DO UPDATE SET paused = excluded.paused, concurrency = excluded.concurrency,"
            + " lane_concurrency = excluded.lane_concurrency, rate_count = excluded.rate_count, rate_per = excluded.rate_per";
    private static final String REMOVE = "DELETE FROM queues WHERE namespace = ? AND name = ?";
    private static final String PAUSE_LANE =
            "INSERT INTO paused_lanes (namespace, queue, lane) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
    private static final String RESUME_LANE = "DELETE FROM paused_lanes WHERE namespace = ? AND queue = ? AND lane = ?";
    private static final String LANES = "UPDATE lanes SET paused = CASE WHEN CAST(? AS bigint) = 1 OR EXISTS (SELECT 1"
            + " FROM paused_lanes p WHERE p.namespace = lanes.namespace AND p.queue = lanes.queue AND p.lane = lanes.lane)"
            + " THEN 1 ELSE 0 END, gate = ?,"
            + " slots = CASE WHEN serial = 1 THEN 1 WHEN lane = '' THEN NULL ELSE CAST(? AS bigint) END"
            + " WHERE (namespace, queue, lane, serial) IN (SELECT namespace, queue, lane, serial FROM lanes"
            + " WHERE namespace = ? AND queue = ? AND (CAST(? AS text) IS NULL OR lane = ?)"
            + " ORDER BY namespace, queue, lane, serial FOR NO KEY UPDATE)";
    private static final String SEEN =
            "SELECT revision, next FROM schedules WHERE namespace = ? AND name = ? FOR NO KEY UPDATE";

    private final Transaction tx;

    Errands(Transaction tx) {
        this.tx = tx;
    }

    Receipt change(QueueChange change) throws SQLException {
        return asked(change.request(), () -> {
            queue(change);
            return Judge.APPLIED;
        });
    }

    /** Only as it was read. */
    Receipt change(ScheduleChange change) throws SQLException {
        return asked(change.request(), () -> {
            lock("schedule", change.namespace().name(), change.name());
            StoredSchedule.@Nullable Seen present = tx.sql(SEEN)
                    .text(change.namespace().name())
                    .text(change.name())
                    .first(r -> new StoredSchedule.Seen(r.id().uuid(), r.instantOrNull()))
                    .orElse(null);
            if (!Objects.equals(present, change.seen())) return new Receipt.Stale();
            ScheduleWrites.write(tx::sql, change);
            return Judge.APPLIED;
        });
    }

    private interface Errand {
        Receipt done() throws SQLException;
    }

    private Receipt asked(@Nullable Request request, Errand errand) throws SQLException {
        if (request == null) return errand.done();
        var requests = Requests.take(tx, List.of(request));
        Receipt first = requests.seenBefore(request);
        if (first != null) return first;
        Receipt receipt = errand.done();
        Map<Request, @Nullable String> answer = new HashMap<>();
        answer.put(request, receipt instanceof Receipt.Applied ? request.answer() : null);
        requests.answer(answer);
        return receipt;
    }

    private void lock(String what, String namespace, String name) throws SQLException {
        tx.sql(LOCK).text(what + "\n" + namespace + "\n" + name).any();
    }

    private void queue(QueueChange change) throws SQLException {
        String namespace = change.namespace().name();
        String queue = change.queue();
        lock("queue", namespace, queue);
        tx.sql(LOCK_ROW).text(namespace).text(queue).any();
        var present = QueueRow.of(tx.session(), namespace, queue);
        switch (change.what()) {
            case QueueChange.OfQueue what -> {
                // What is not named stays.
                boolean paused = what.isPaused() == null ? present.isPaused() : what.isPaused();
                var next = new QueueRow(paused, what.over(present.settings()));
                if (next.isPlain()) tx.sql(REMOVE).text(namespace).text(queue).update();
                else next.in(tx.sql(WRITE), namespace, queue).update();
                if (next.settings().rate() == null) Pace.clear(tx, namespace, queue);
                lanes(next, namespace, queue, null);
            }
            case QueueChange.OfLane what -> {
                String statement = what.isPaused() ? PAUSE_LANE : RESUME_LANE;
                tx.sql(statement).text(namespace).text(queue).text(what.lane()).update();
                lanes(present, namespace, queue, what.lane());
            }
        }
    }

    private void lanes(QueueRow row, String namespace, String queue, @Nullable String lane) throws SQLException {
        Integer slots = row.settings().laneConcurrency();
        tx.sql(LANES)
                .number(row.isPaused() ? 1 : 0)
                .text(row.hasGate() ? QueueRow.gate(namespace, queue) : "")
                .number(slots == null ? null : (Long) slots.longValue())
                .text(namespace)
                .text(queue)
                .text(lane)
                .text(lane)
                .update();
    }
}
