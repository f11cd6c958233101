package dev.holdfast.sqlite;

import dev.holdfast.sql.LaneKey;
import java.sql.SQLException;
import java.util.List;

/**
 * Finds lanes that have something to give and no row, which only happens if somebody has removed it: a few at each look, on
 * from where the last look ended.
 */
final class LaneSweep {
    private static final LaneKey BEGIN = new LaneKey("", "", "", false);

    private static final String NEXT = "SELECT " + LaneKey.COLUMNS + " FROM runs INDEXED BY runs_claimable"
            + " WHERE turn IS NOT NULL AND (namespace, queue, lane, serial) > (?, ?, ?, ?)"
            + " ORDER BY namespace, queue, lane, serial LIMIT 1";
    private static final String IS_THERE = "SELECT 1 FROM lanes WHERE " + LaneKey.IS;

    /** A few idle ones cost a claim less than coming and going would cost a start. */
    private static final int KEPT = 8;

    private static final String PLAIN =
            "SELECT " + LaneKey.COLUMNS + " FROM lanes INDEXED BY lanes_plain WHERE lane = '' LIMIT ?";
    private static final String ANY =
            "SELECT 1 FROM runs INDEXED BY runs_claimable WHERE " + LaneKey.IS + " AND turn IS NOT NULL LIMIT 1";
    private static final String ANY_PARKED = "SELECT 1 FROM runs INDEXED BY runs_parked WHERE " + LaneKey.IS
            + " AND parked_version IS NOT NULL AND claim_at IS NOT NULL LIMIT 1";
    private static final String REMOVE = "DELETE FROM lanes WHERE " + LaneKey.IS;

    private LaneKey from = BEGIN;

    void look(Transaction tx, int limit) throws SQLException {
        var lanes = new LaneBook(tx);
        for (int i = 0; i < limit; i++) {
            LaneKey next = from.in(tx.read(NEXT)).first(LaneKey::read).orElse(null);
            if (next == null) {
                from = BEGIN;
                return;
            }
            from = next;
            if (!next.in(tx.read(IS_THERE)).any()) lanes.restore(next);
        }
    }

    /** Queues of which nothing waits outside of lanes take part no more, until something does. */
    static void tidy(Transaction tx, int limit) throws SQLException {
        List<LaneKey> plain = tx.read(PLAIN).number(limit).list(LaneKey::read);
        if (plain.size() <= KEPT) return;
        for (LaneKey lane : plain) {
            if (lane.in(tx.read(ANY)).any() || lane.in(tx.read(ANY_PARKED)).any()) continue;
            tx.forget(lane);
            lane.in(tx.write(REMOVE)).update();
        }
    }
}
