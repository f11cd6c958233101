package dev.holdfast.sql;

import dev.holdfast.engine.port.ScheduleChange;
import dev.holdfast.engine.port.StoredSchedule;
import java.sql.SQLException;
import java.time.Duration;

/** Writes schedules, whose rows the transaction has locked and found as they were read. */
public final class ScheduleWrites {
    private static final String INSERT = "INSERT INTO schedules (next, last_at, last_run, cron, zone, missed, task,"
            + " input, lane, ttl, revision, namespace, name) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String DEFINE = "UPDATE schedules SET next = ?, last_at = ?, last_run = ?, cron = ?, zone = ?,"
            + " missed = ?, task = ?, input = ?, lane = ?, ttl = ?, revision = ? WHERE namespace = ? AND name = ?";
    private static final String MOVE =
            "UPDATE schedules SET next = ?, last_at = ?, last_run = ? WHERE namespace = ? AND name = ?";
    private static final String REMOVE = "DELETE FROM schedules WHERE namespace = ? AND name = ?";

    private ScheduleWrites() {}

    /** Where a transaction gets its statements from. */
    @FunctionalInterface
    public interface Statements {
        Sql sql(String text) throws SQLException;
    }

    /** Removes it, writes it for the first time, defines it anew, or only moves it to its next firing. */
    public static void write(Statements tx, ScheduleChange change) throws SQLException {
        StoredSchedule next = change.next();
        StoredSchedule.Seen seen = change.seen();
        if (next == null) {
            named(tx.sql(REMOVE), change).update();
            return;
        }
        boolean moves = seen != null && seen.revision().equals(next.standing().revision());
        Sql sql = tx.sql(moves ? MOVE : seen == null ? INSERT : DEFINE);
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
