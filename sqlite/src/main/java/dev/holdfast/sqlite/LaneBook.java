package dev.holdfast.sqlite;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.sql.LaneKey;
import dev.holdfast.sql.RunRow;
import dev.holdfast.sql.Sql;
import java.sql.SQLException;

/**
 * Keeps the counts of lanes: whoever writes the row of a run says here what that run was to its lane before, and what it
 * is now. A run that is in no lane counts nowhere, so most writes cost nothing here.
 */
final class LaneBook {
    private static final String SHARE = "SELECT slot_of IS NOT NULL, claim_at IS NOT NULL, under,"
            + " outcome IS NULL OR lingers_number IS NOT NULL FROM runs WHERE id = ?";
    private static final String ADD = "UPDATE lanes SET taken = taken + ?, under = under + ?, waiting = waiting + ?,"
            + " outside = outside + ? WHERE " + LaneKey.IS;
    private static final String TIDY =
            "DELETE FROM lanes WHERE " + LaneKey.IS + " AND taken = 0 AND under = 0 AND waiting = 0 AND outside = 0";
    private static final String OPEN = "INSERT OR IGNORE INTO lanes (" + LaneKey.COLUMNS
            + ", paused, gate, slots, taken, under, waiting, outside, served)"
            + " SELECT k.namespace, k.queue, k.lane, k.serial,"
            + " coalesce(q.paused, 0) OR EXISTS (SELECT 1 FROM paused_lanes p"
            + " WHERE p.namespace = k.namespace AND p.queue = k.queue AND p.lane = k.lane),"
            + " CASE WHEN q.concurrency IS NULL AND q.rate_count IS NULL THEN '' ELSE k.namespace || char(31) || k.queue END,"
            + " CASE WHEN k.serial THEN 1 WHEN k.lane = '' THEN NULL ELSE q.lane_concurrency END,"
            + " ?, ?, ?, ?, ? FROM (SELECT ? AS namespace, ? AS queue, ? AS lane, ? AS serial) k"
            + " LEFT JOIN queues q ON q.namespace = k.namespace AND q.name = k.queue";
    private static final String COUNT = "SELECT coalesce(sum(slot_of IS NOT NULL), 0),"
            + " coalesce(sum(under = 1 AND (outcome IS NULL OR lingers_number IS NOT NULL)), 0),"
            + " coalesce(sum(claim_at IS NOT NULL AND slot_of IS NULL AND under = 0), 0),"
            + " coalesce(sum(claim_at IS NOT NULL AND (slot_of IS NOT NULL OR under = 1)), 0)"
            + " FROM runs INDEXED BY runs_in_lane WHERE " + LaneKey.IS + LaneKey.COUNTS;
    private static final String OPEN_TO_ALL =
            "SELECT 1 FROM lanes WHERE " + LaneKey.IS + " AND paused = 0 AND gate = ''";
    /** A child's parent holds the slot of the same serial lane, or executes in it itself. */
    private static final String UNDER = "SELECT 1 FROM runs WHERE id = ? AND " + LaneKey.IS
            + " AND serial = 1 AND (slot_of IS NOT NULL OR under = 1)";

    private final Transaction tx;

    LaneBook(Transaction tx) {
        this.tx = tx;
    }

    /** What a run is to its lane: each of them 0 or 1; or the difference of two of them. */
    record Share(int taken, int under, int waiting, int outside) {
        static final Share NONE = new Share(0, 0, 0, 0);

        static Share of(boolean slot, boolean claimable, boolean under, boolean there) {
            boolean needs = !slot && !under;
            return new Share(
                    slot ? 1 : 0, under && there ? 1 : 0, claimable && needs ? 1 : 0, claimable && !needs ? 1 : 0);
        }

        Share minus(Share other) {
            return new Share(
                    taken - other.taken, under - other.under, waiting - other.waiting, outside - other.outside);
        }

        boolean isNegative() {
            return taken < 0 || under < 0 || waiting < 0 || outside < 0;
        }
    }

    /**
     * What a run is to its lane as its row is now; null if it is in none.
     *
     * @param isUnder whether it executes in its parent's slot
     */
    record Before(Share share, boolean isUnder) {
        static final Before NOTHING = new Before(Share.NONE, false);
    }

    /** Asked before the row is written. */
    Before before(Run next) throws SQLException {
        return next.place().lane() == null ? Before.NOTHING : before(next.id());
    }

    private Before before(RunId id) throws SQLException {
        return tx.read(SHARE)
                .id(id)
                .first(r -> {
                    boolean slot = r.number() != 0;
                    boolean claimable = r.number() != 0;
                    boolean under = r.number() != 0;
                    return new Before(Share.of(slot, claimable, under, r.number() != 0), under);
                })
                .orElse(Before.NOTHING);
    }

    /** The same for a run that is about to be written for the first time. */
    Before fresh(Run next) throws SQLException {
        var parent = next.origin().parent();
        var key = LaneKey.of(next);
        if (!key.serial() || parent == null || parent.bond() != Run.Bond.ATTACHED) return Before.NOTHING;
        boolean under = key.in(tx.read(UNDER).id(parent.run())).any();
        return new Before(Share.NONE, under);
    }

    /** Its row was written. */
    void after(Before before, Run next) throws SQLException {
        boolean claimable = RunRow.claimAt(next, tx.now()) != null;
        if (next.place().lane() == null) {
            if (claimable) come(LaneKey.of(next));
            return;
        }
        boolean there = !next.isFinished() || next.place().lingers() != null;
        var share = Share.of(next.place().slotOf() != null, claimable, before.isUnder(), there);
        add(LaneKey.of(next), share.minus(before.share()));
    }

    /** It can be claimed from now on: that was the only change. */
    void promoted(RunId id, LaneKey key) throws SQLException {
        if (key.isPlain()) {
            come(key);
            return;
        }
        var now = before(id).share();
        add(key, now.minus(new Share(now.taken(), now.under(), 0, 0)));
    }

    /** Its row is about to be removed. */
    void removed(RunId id, LaneKey key) throws SQLException {
        if (!key.isPlain()) add(key, Share.NONE.minus(before(id).share()));
    }

    /** A run that is in no lane can be claimed. Known lanes are known without asking. */
    private void come(LaneKey key) throws SQLException {
        if (tx.knows(key)) return;
        open(key, new Share(0, 0, 1, 0));
        tx.learn(key, key.in(tx.readApart(OPEN_TO_ALL)).any());
    }

    private void add(LaneKey key, Share change) throws SQLException {
        if (change.equals(Share.NONE)) return;
        Sql add = tx.write(ADD)
                .number(change.taken())
                .number(change.under())
                .number(change.waiting())
                .number(change.outside());
        if (key.in(add).update() == 0) {
            // Nothing depends on the row being there: what it would say is counted.
            open(key, counted(key));
        }
        if (change.isNegative()) key.in(tx.write(TIDY)).update();
    }

    /** Makes the row of a lane of which there is none. */
    void open(LaneKey key, Share with) throws SQLException {
        Sql open = tx.writeApart(OPEN)
                .number(with.taken())
                .number(with.under())
                .number(with.waiting())
                .number(with.outside())
                .number(tx.batch() + 1);
        key.in(open).update();
    }

    /** Makes the row of a lane anew, from its runs. */
    void restore(LaneKey key) throws SQLException {
        tx.forget(key);
        open(key, key.isPlain() ? new Share(0, 0, 1, 0) : counted(key));
    }

    private Share counted(LaneKey key) throws SQLException {
        return key.in(tx.read(COUNT))
                .first(r -> new Share(r.integer(), r.integer(), r.integer(), r.integer()))
                .orElse(Share.NONE);
    }
}
