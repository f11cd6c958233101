package dev.holdfast.postgres;

import dev.holdfast.core.Fence;
import dev.holdfast.core.Holder;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.sql.LaneKey;
import dev.holdfast.sql.RunRow;
import dev.holdfast.sql.Sql;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a batch has to know of a run's row that it has locked: nobody else changes it until the batch ends.
 *
 * @param share what it is to its lane
 * @param isUnder whether it executes in its parent's slot
 */
record Locked(RunId id, Fence fence, RunState state, LaneKey lane, Share share, boolean isUnder) {
    /** In the order of their ids, as every transaction does: unordered batches deadlock. */
    private static final String LOCK = "SELECT id, holder_kind, holder_number, holder_incarnation, epoch, seq, state, "
            + LaneKey.COLUMNS + ", CASE WHEN slot_of IS NULL THEN 0 ELSE 1 END,"
            + " CASE WHEN claim_at IS NULL THEN 0 ELSE 1 END, under,"
            + " CASE WHEN outcome IS NULL OR lingers_number IS NOT NULL THEN 1 ELSE 0 END"
            + " FROM runs WHERE id = ANY(?) ORDER BY id FOR NO KEY UPDATE";

    static List<Locked> all(Transaction tx, List<@Nullable UUID> ids) throws SQLException {
        return tx.sql(LOCK).uuids(ids).list(Locked::read);
    }

    private static Locked read(Sql.Row row) throws SQLException {
        RunId id = row.id();
        @Nullable Holder holder = RunRow.holder(row);
        var fence = new Fence(row.number(), holder, row.number());
        var state = row.constant(RunState.class);
        var lane = LaneKey.read(row);
        boolean slot = row.number() != 0;
        boolean claimable = row.number() != 0;
        boolean under = row.number() != 0;
        return new Locked(id, fence, state, lane, Share.of(slot, claimable, under, row.number() != 0), under);
    }
}
