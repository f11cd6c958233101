package dev.holdfast.sqlite;

import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Discarded;
import dev.holdfast.sql.Sql;
import dev.holdfast.sql.Texts;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Removes runs that ended long ago, with all that is theirs, a page at a time. Ids grow with time, so the runs are looked at
 * in the order of their ids, up to the first that cannot be old enough: an index of ends would cost every run a write.
 *
 * <p>Their ids are not remembered as those of runs that somebody has deleted: nobody repeats a start for so long.
 */
final class DiscardWork extends Work<Discarded> {
    private static final String TABLE = "CREATE TEMP TABLE IF NOT EXISTS old (id BLOB PRIMARY KEY) WITHOUT ROWID";
    private static final String LAST_OF_PAGE =
            "SELECT id FROM runs WHERE id > ? AND id < ? ORDER BY id LIMIT 1 OFFSET ?";
    /**
     * What holds its business key for longer stays as long; so does one that something is left to do for, and one of which
     * somebody who has waited for it is yet to be told. An inbox has what was not applied yet, so there are few in it.
     */
    private static final String CHOOSE = "INSERT INTO old SELECT id FROM runs WHERE id > ?1 AND id <= ?2"
            + " AND finished <= ?3 AND lingers_number IS NULL AND (key_until IS NULL OR key_until <= ?4)"
            + " AND NOT EXISTS (SELECT 1 FROM inbox i WHERE i.run = runs.id AND i.kind = 'FINALISE')"
            + " AND id NOT IN (SELECT i.id FROM inbox i WHERE i.kind = 'RUN_ENDED')";

    private static final String TAGGED = "SELECT r.namespace, r.tags, r.id FROM old o CROSS JOIN runs r ON r.id = o.id"
            + " WHERE r.tags IS NOT NULL";
    private static final String CHOSEN = "SELECT id FROM old ORDER BY id";
    private static final String EMPTY = "DELETE FROM old";
    private static final String FORGET_REMOVED = "DELETE FROM removed WHERE run > ? AND run <= ?";

    private final Instant endedBefore;
    private final int limit;
    private final Cursor cursor;

    /** How far the look has come that began last. */
    static final class Cursor {
        private RunId at = RunId.MIN;
    }

    DiscardWork(Instant endedBefore, int limit, Cursor cursor) {
        this.endedBefore = endedBefore;
        this.limit = limit;
        this.cursor = cursor;
    }

    @Override
    Discarded in(Transaction tx) throws SQLException {
        RunId from = cursor.at;
        // What was made within the same millisecond may have ended in it.
        RunId end = RunId.firstOf(endedBefore.plusMillis(1));
        RunId last = lastOfPage(tx, from, end);
        RunId to = last == null ? end : last;
        cursor.at = last == null ? RunId.MIN : last;
        tx.write(TABLE).update();
        int chosen = tx.write(CHOOSE)
                .id(from)
                .id(to)
                .instant(endedBefore)
                .instant(tx.now())
                .update();
        List<RunId> old = chosen == 0 ? List.of() : remove(tx);
        tx.write(FORGET_REMOVED).id(from).id(to).update();
        return new Discarded(old, last != null);
    }

    private @Nullable RunId lastOfPage(Transaction tx, RunId from, RunId end) throws SQLException {
        return tx.read(LAST_OF_PAGE)
                .id(from)
                .id(end)
                .number(limit - 1)
                .first(Sql.Row::id)
                .orElse(null);
    }

    private static List<RunId> remove(Transaction tx) throws SQLException {
        List<RunId> runs = tx.read(CHOSEN).list(Sql.Row::id);
        for (Tags each : tx.read(TAGGED).list(r -> new Tags(r.text(), Texts.list(r.textOrNull()), r.id()))) {
            Removal.untag(tx, each.namespace(), each.tags(), each.run());
        }
        for (String statement : Removal.OF_MANY) tx.write(statement).update();
        tx.write(EMPTY).update();
        tx.rows().forgetAll();
        return runs;
    }

    private record Tags(String namespace, List<String> tags, RunId run) {}
}
