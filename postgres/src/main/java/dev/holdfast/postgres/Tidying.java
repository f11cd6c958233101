package dev.holdfast.postgres;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Discarded;
import dev.holdfast.sql.LaneKey;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Removes what has expired. Any node does it, several may at once: what somebody else is about to remove is passed over.
 */
final class Tidying {
    private static final String REQUESTS =
            "DELETE FROM requests WHERE (namespace, id) IN (SELECT namespace, id FROM requests"
                    + " WHERE at <= ? ORDER BY at LIMIT ? FOR UPDATE SKIP LOCKED)";
    private static final String KEYS = "UPDATE runs SET key_until = NULL WHERE id IN (SELECT id FROM runs"
            + " WHERE key_until <= ? ORDER BY key_until LIMIT ? FOR NO KEY UPDATE SKIP LOCKED)";
    /** Lanes with something to give and no row: only somebody who has removed it can have made them. */
    private static final String LOST_LANES = "SELECT DISTINCT r.namespace, r.queue, r.lane, r.serial FROM runs r"
            + " WHERE r.turn IS NOT NULL AND NOT EXISTS (SELECT 1 FROM lanes l WHERE l.namespace = r.namespace"
            + " AND l.queue = r.queue AND l.lane = r.lane AND l.serial = r.serial) LIMIT ?";

    private static final String LAST_OF_PAGE =
            "SELECT id FROM runs WHERE id > ? AND id < ? ORDER BY id LIMIT 1 OFFSET ?";
    /**
     * What holds its business key for longer stays as long; so does one that something is left to do for, and one of which
     * somebody who has waited for it is yet to be told. An inbox has what was not applied yet, so there are few in it.
     */
    private static final String OLD = "SELECT id FROM runs WHERE id > ? AND id <= ? AND finished <= ?"
            + " AND lingers_number IS NULL AND (key_until IS NULL OR key_until <= ?)"
            + " AND NOT EXISTS (SELECT 1 FROM inbox i WHERE i.run = runs.id AND i.kind = 'FINALISE')"
            + " AND NOT EXISTS (SELECT 1 FROM inbox i WHERE i.id = runs.id AND i.kind = 'RUN_ENDED')"
            + " ORDER BY id FOR UPDATE SKIP LOCKED";

    private static final String FORGET_REMOVED = "DELETE FROM removed WHERE run > ? AND run <= ?";
    private static final String LOST_MAIL =
            "DELETE FROM inbox i WHERE NOT EXISTS (SELECT 1 FROM runs r WHERE r.id = i.run)";

    /** How far the look for old runs has come that began last. */
    private RunId discarded = RunId.MIN;

    /** @return whether there may be more */
    boolean forget(Transaction tx, Instant now, int limit, KnownQueues known) throws SQLException {
        int requests = tx.sql(REQUESTS)
                .instant(now.minus(Defaults.REQUEST_RETENTION))
                .number(limit)
                .update();
        List<LaneKey> lost = tx.sql(LOST_LANES).number(limit).list(LaneKey::read);
        if (!lost.isEmpty()) new LaneBook(tx).restore(lost, known);
        tx.sql(LOST_MAIL).update();
        int keys = tx.sql(KEYS).instant(now).number(limit).update();
        return requests >= limit || keys >= limit;
    }

    synchronized Discarded discard(Transaction tx, Instant endedBefore, int limit) throws SQLException {
        RunId from = discarded;
        // What was made within the same millisecond may have ended in it.
        RunId end = RunId.firstOf(endedBefore.plusMillis(1));
        @Nullable
        RunId last = tx.sql(LAST_OF_PAGE)
                .id(from)
                .id(end)
                .number(limit - 1)
                .first(r -> r.id())
                .orElse(null);
        RunId to = last == null ? end : last;
        List<RunId> old = tx.sql(OLD)
                .id(from)
                .id(to)
                .instant(endedBefore)
                .instant(tx.now())
                .list(r -> r.id());
        if (!old.isEmpty()) Removal.of(tx, old);
        tx.sql(FORGET_REMOVED).id(from).id(to).update();
        discarded = last == null ? RunId.MIN : last;
        return new Discarded(old, last != null);
    }
}
