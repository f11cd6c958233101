package dev.holdfast.sqlite;

import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.engine.port.Receipt;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Carries out a command to a queue: its settings, and then what they mean to each of its lanes. */
final class QueueWork extends Work<Receipt> {
    private static final String PAUSE_QUEUE = "INSERT INTO queues (namespace, name, paused) VALUES (?1, ?2, 1)"
            + " ON CONFLICT (namespace, name) DO UPDATE SET paused = 1";
    private static final String RESUME_QUEUE = "UPDATE queues SET paused = 0 WHERE namespace = ?1 AND name = ?2";
    private static final String PAUSE_LANE =
            "INSERT OR IGNORE INTO paused_lanes (namespace, queue, lane) VALUES (?, ?, ?)";
    private static final String RESUME_LANE = "DELETE FROM paused_lanes WHERE namespace = ? AND queue = ? AND lane = ?";
    private static final String CONFIGURE =
            "INSERT INTO queues (namespace, name, paused, concurrency, lane_concurrency) VALUES (?1, ?2, 0, ?3, ?4)"
                    + " ON CONFLICT (namespace, name) DO UPDATE SET concurrency = ?3, lane_concurrency = ?4";
    /** What says nothing is no setting. */
    private static final String TIDY = "DELETE FROM queues WHERE namespace = ?1 AND name = ?2"
            + " AND paused = 0 AND concurrency IS NULL AND lane_concurrency IS NULL";

    private static final String LANES = "UPDATE lanes SET"
            + " paused = coalesce((SELECT q.paused FROM queues q WHERE q.namespace = ?1 AND q.name = ?2), 0)"
            + " OR EXISTS (SELECT 1 FROM paused_lanes p WHERE p.namespace = ?1 AND p.queue = ?2 AND p.lane = lanes.lane),"
            + " gate = CASE WHEN (SELECT q.concurrency FROM queues q WHERE q.namespace = ?1 AND q.name = ?2) IS NULL"
            + " THEN '' ELSE ?1 || char(31) || ?2 END,"
            + " slots = CASE WHEN serial THEN 1 WHEN lane = '' THEN NULL"
            + " ELSE (SELECT q.lane_concurrency FROM queues q WHERE q.namespace = ?1 AND q.name = ?2) END"
            + " WHERE namespace = ?1 AND queue = ?2 AND (?3 IS NULL OR lane = ?3)";

    private final QueueChange change;

    QueueWork(QueueChange change) {
        this.change = change;
    }

    @Override
    Receipt in(Transaction tx) throws SQLException {
        var request = change.request();
        if (request != null) {
            Receipt first = Requests.seenBefore(tx, request);
            if (first != null) return first;
            Requests.answer(tx, request, request.answer());
        }
        switch (change.what()) {
            case QueueChange.Pause p -> set(tx, p.lane() == null ? PAUSE_QUEUE : PAUSE_LANE, p.lane());
            case QueueChange.Resume r -> set(tx, r.lane() == null ? RESUME_QUEUE : RESUME_LANE, r.lane());
            case QueueChange.Configure c -> configure(tx, c.settings());
        }
        named(tx.write(TIDY)).update();
        named(tx.write(LANES)).text(lane()).update();
        return new Receipt.Applied();
    }

    private @Nullable String lane() {
        return switch (change.what()) {
            case QueueChange.Pause p -> p.lane();
            case QueueChange.Resume r -> r.lane();
            case QueueChange.Configure c -> null;
        };
    }

    private Sql named(Sql sql) throws SQLException {
        return sql.text(change.namespace().name()).text(change.queue());
    }

    private void set(Transaction tx, String statement, @Nullable String lane) throws SQLException {
        Sql sql = named(tx.write(statement));
        (lane == null ? sql : sql.text(lane)).update();
    }

    private void configure(Transaction tx, QueueSettings settings) throws SQLException {
        Sql sql = named(tx.write(CONFIGURE));
        sql.number(
                        settings.concurrency() == null
                                ? null
                                : (Long) settings.concurrency().longValue())
                .number(
                        settings.laneConcurrency() == null
                                ? null
                                : (Long) settings.laneConcurrency().longValue())
                .update();
    }

    @Override
    Receipt refusal(Refused why) {
        return new Receipt.Rejected(why);
    }
}
