package dev.holdfast.sqlite;

import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.ScheduleChange;
import dev.holdfast.engine.port.StoredSchedule.Seen;
import dev.holdfast.sql.ScheduleWrites;
import java.sql.SQLException;

/** Writes a schedule, if it is as it was read. */
final class ScheduleWork extends Work<Receipt> {
    private static final String SEEN = "SELECT revision, next FROM schedules WHERE namespace = ? AND name = ?";
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
        ScheduleWrites.write(tx::write, change);
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
}
