package dev.holdfast.sqlite;

import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.ScheduleChange;
import dev.holdfast.engine.port.StoredSchedule;
import dev.holdfast.engine.port.StoredSchedule.Seen;
import dev.holdfast.sql.Sql;
import java.sql.SQLException;
import java.time.Duration;

/** Writes a schedule, by itself or with the run that it starts. */
final class ScheduleWork extends Work<Receipt> {
    private static final String SEEN = "SELECT revision, next FROM schedules WHERE namespace = ? AND name = ?";
    private static final String INSERT = "INSERT INTO schedules (next, last_at, last_run, cron, zone, missed, task,"
            + " input, lane, ttl, revision, namespace, name) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String DEFINE = "UPDATE schedules SET next = ?, last_at = ?, last_run = ?, cron = ?, zone = ?,"
            + " missed = ?, task = ?, input = ?, lane = ?, ttl = ?, revision = ? WHERE namespace = ? AND name = ?";
    private static final String MOVE =
            "UPDATE schedules SET next = ?, last_at = ?, last_run = ? WHERE namespace = ? AND name = ?";
    private static final String REMOVE = "DELETE FROM schedules WHERE namespace = ? AND name = ?";

    private final ScheduleChange change;

    ScheduleWork(ScheduleChange change) {
        this.change = change;
    }

    @Override
    Receipt in(Transaction tx) throws SQLException {
        var request = change.request();
        Receipt first = request == null ? null : Requests.seenBefore(tx, request);
        if (first != null) return first;
        if (!isAsSeen(tx, change)) return new Receipt.Stale();
        write(tx, change);
        if (request != null) Requests.answer(tx, request, request.answer());
        return new Receipt.Applied();
    }

    @Override
    Receipt refusal(Refused why) {
        return new Receipt.Rejected(why);
    }

    /** Whether nobody has changed or fired it since it was read. */
    static boolean isAsSeen(Transaction tx, ScheduleChange change) throws SQLException {
        Seen present = tx.read(SEEN)
                .text(change.namespace().name())
                .text(change.name())
                .first(r -> new Seen(r.id().uuid(), r.instantOrNull()))
                .orElse(null);
        Seen seen = change.seen();
        return present == null ? seen == null : present.equals(seen);
    }

    static void write(Transaction tx, ScheduleChange change) throws SQLException {
        StoredSchedule next = change.next();
        Seen seen = change.seen();
        if (next == null) {
            named(tx.write(REMOVE), change).update();
            return;
        }
        boolean moves = seen != null && seen.revision().equals(next.standing().revision());
        Sql sql = tx.write(moves ? MOVE : seen == null ? INSERT : DEFINE);
        var standing = next.standing();
        sql.instant(standing.next()).instant(standing.lastAt()).maybe(standing.lastRun());
        if (!moves) {
            var definition = next.definition();
            Duration ttl = definition.ttl();
            sql.text(definition.cron())
                    .text(definition.zone())
                    .text(definition.missed())
                    .text(definition.task())
                    .text(definition.input())
                    .text(definition.lane())
                    .number(ttl == null ? null : (Long) ttl.toMillis())
                    .uuid(standing.revision());
        }
        named(sql, change).update();
    }

    private static Sql named(Sql sql, ScheduleChange change) throws SQLException {
        return sql.text(change.namespace().name()).text(change.name());
    }
}
