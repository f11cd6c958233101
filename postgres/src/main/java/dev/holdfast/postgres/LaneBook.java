package dev.holdfast.postgres;

import static dev.holdfast.postgres.Columns.Type.NUMBER;
import static dev.holdfast.postgres.Columns.Type.TEXT;

import dev.holdfast.sql.LaneKey;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Keeps the counts of lanes. A lane's row is locked before the rows of its runs, so that two batches never wait for each
 * other, and its counts change with the transaction that changes the runs: a count is never an estimate.
 */
final class LaneBook {
    private static final Columns.Type[] KEY = {TEXT, TEXT, TEXT, NUMBER};
    private static final Columns.Type[] CHANGE = {TEXT, TEXT, TEXT, NUMBER, NUMBER, NUMBER, NUMBER, NUMBER};
    private static final String NAMED = " (SELECT * FROM " + Columns.unnest(KEY) + " AS v)";
    private static final String SAME =
            "l.namespace = v.namespace AND l.queue = v.queue AND l.lane = v.lane AND l.serial = v.serial";
    private static final String LOCK = "SELECT " + LaneKey.COLUMNS + " FROM lanes WHERE (" + LaneKey.COLUMNS + ") IN"
            + NAMED + " ORDER BY " + LaneKey.COLUMNS + " FOR NO KEY UPDATE";
    private static final String ADD = "UPDATE lanes l SET taken = l.taken + v.taken, under = l.under + v.under,"
            + " waiting = l.waiting + v.waiting, outside = l.outside + v.outside FROM " + Columns.unnest(CHANGE)
            + " AS v(namespace, queue, lane, serial, taken, under, waiting, outside) WHERE " + SAME;
    private static final String TIDY = "DELETE FROM lanes l USING " + Columns.unnest(KEY)
            + " AS v(namespace, queue, lane, serial) WHERE " + SAME
            + " AND l.taken = 0 AND l.under = 0 AND l.waiting = 0 AND l.outside = 0";
    /** Whatever counts stands in the index, and nothing else. */
    private static final String COUNTS = "(r.slot_of IS NOT NULL OR r.claim_at IS NOT NULL"
            + " OR (r.under = 1 AND (r.outcome IS NULL OR r.lingers_number IS NOT NULL)))";
    /** A lane of which there is no row is counted. The lane of all that is in no lane has something to give. */
    private static final String OPEN =
            "INSERT INTO lanes (namespace, queue, lane, serial, paused, gate, slots, taken, under,"
                    + " waiting, outside, served) SELECT k.namespace, k.queue, k.lane, k.serial,"
                    + " CASE WHEN coalesce(q.paused, 0) = 1 OR EXISTS (SELECT 1 FROM paused_lanes p WHERE p.namespace = k.namespace"
                    + " AND p.queue = k.queue AND p.lane = k.lane) THEN 1 ELSE 0 END,"
                    + " CASE WHEN q.concurrency IS NULL AND q.rate_count IS NULL THEN '' ELSE k.namespace || chr(31) || k.queue END,"
                    + " CASE WHEN k.serial = 1 THEN 1 WHEN k.lane = '' THEN NULL ELSE q.lane_concurrency END,"
                    + " c.taken, c.under, CASE WHEN k.lane = '' THEN 1 ELSE c.waiting END, c.outside, nextval('turns')"
                    + " FROM (SELECT * FROM " + Columns.unnest(KEY) + " AS v(namespace, queue, lane, serial)"
                    + " ORDER BY 1, 2, 3, 4) AS k"
                    + " LEFT JOIN queues q ON q.namespace = k.namespace AND q.name = k.queue"
                    + " CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE r.slot_of IS NOT NULL) AS taken,"
                    + " count(*) FILTER (WHERE r.under = 1 AND (r.outcome IS NULL OR r.lingers_number IS NOT NULL)) AS under,"
                    + " count(*) FILTER (WHERE r.claim_at IS NOT NULL AND r.slot_of IS NULL AND r.under = 0) AS waiting,"
                    + " count(*) FILTER (WHERE r.claim_at IS NOT NULL AND (r.slot_of IS NOT NULL OR r.under = 1)) AS outside"
                    + " FROM runs r WHERE r.namespace = k.namespace AND r.queue = k.queue AND r.lane = k.lane AND r.serial = k.serial"
                    + " AND r.lane <> '' AND " + COUNTS + ") AS c"
                    + " ON CONFLICT (namespace, queue, lane, serial) DO NOTHING RETURNING " + LaneKey.COLUMNS;

    /**
     * It waits for nobody, so the order does not matter. All nodes lock lanes all the time, and whoever waits in line has his
     * turn: kept is a lane whose lock somebody has for longer than any batch takes. Who may not see when he began sees
     * nothing else of him, either, and takes him for one of those.
     */
    private static final String KEPT = "WITH free AS (SELECT " + LaneKey.COLUMNS + " FROM lanes WHERE ("
            + LaneKey.COLUMNS + ") IN" + NAMED + " FOR NO KEY UPDATE SKIP LOCKED) SELECT " + LaneKey.COLUMNS
            + " FROM lanes l WHERE (" + LaneKey.COLUMNS + ") IN" + NAMED + " AND (" + LaneKey.COLUMNS
            + ") NOT IN (SELECT * FROM free) AND EXISTS (SELECT 1 FROM pg_locks k WHERE k.locktype = 'transactionid'"
            + " AND k.granted AND k.transactionid = l.xmax AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a"
            + " WHERE a.pid = k.pid AND a.xact_start > clock_timestamp() - interval '500 milliseconds'))";

    static final Comparator<LaneKey> ORDER = Comparator.comparing(LaneKey::namespace)
            .thenComparing(LaneKey::queue)
            .thenComparing(LaneKey::lane)
            .thenComparing(LaneKey::serial);

    private final Transaction tx;
    private final Set<LaneKey> present = new HashSet<>();
    private final Map<LaneKey, Share> changes = new TreeMap<>(ORDER);
    private final Set<LaneKey> leaves = new TreeSet<>(ORDER);
    private final Set<LaneKey> plain = new TreeSet<>(ORDER);

    LaneBook(Transaction tx) {
        this.tx = tx;
    }

    /** Locks the rows of these lanes, those that there are. */
    void lock(Collection<LaneKey> lanes) throws SQLException {
        if (lanes.isEmpty()) return;
        present.addAll(columns(lanes).in(tx.sql(LOCK)).list(LaneKey::read));
    }

    /** Those whose rows somebody else keeps locked. What is free is locked as long as the transaction, or its part, lasts. */
    static Set<LaneKey> kept(Transaction tx, Collection<LaneKey> lanes) throws SQLException {
        if (lanes.isEmpty()) return Set.of();
        Columns named = columns(lanes);
        return Set.copyOf(named.in(named.in(tx.sql(KEPT))).list(LaneKey::read));
    }

    /** Its row was locked by whoever walks the lanes. */
    void hasLocked(LaneKey lane) {
        present.add(lane);
    }

    /** Makes rows of lanes anew, from their runs. */
    void restore(Collection<LaneKey> lost, KnownQueues known) throws SQLException {
        columns(lost).in(tx.sql(OPEN)).update();
        known.forget();
    }

    static Columns columns(Collection<LaneKey> lanes) {
        var sorted = new TreeSet<LaneKey>(ORDER);
        sorted.addAll(lanes);
        var columns = new Columns(KEY);
        for (LaneKey each : sorted) columns.add(each.namespace(), each.queue(), each.lane(), each.serial() ? 1 : 0);
        return columns;
    }

    /** A run of this lane was something else to it before. */
    void change(LaneKey lane, Share before, Share after) {
        Share change = after.minus(before);
        if (lane.isPlain()) {
            if (change.waiting() > 0 || change.outside() > 0) plain.add(lane);
            return;
        }
        if (change.equals(Share.NONE)) return;
        changes.merge(lane, change, Share::plus);
        if (change.isNegative()) leaves.add(lane);
    }

    /**
     * Writes the counts, after the runs.
     *
     * @param known queues whose runs outside of lanes are known to take part
     */
    void write(KnownQueues known) throws SQLException {
        var missing = new TreeSet<LaneKey>(ORDER);
        for (LaneKey lane : plain) if (!known.has(lane)) missing.add(lane);
        for (LaneKey lane : changes.keySet()) if (!present.contains(lane)) missing.add(lane);
        if (!missing.isEmpty()) {
            // Who was not counted here was by somebody at the same time, without what is written here.
            var opened = new HashSet<>(columns(missing).in(tx.sql(OPEN)).list(LaneKey::read));
            changes.keySet().removeAll(opened);
            var learnt = Set.copyOf(plain);
            tx.learn(() -> known.learn(learnt));
        }
        var rows = new Columns(CHANGE);
        for (Map.Entry<LaneKey, Share> each : changes.entrySet()) {
            LaneKey lane = each.getKey();
            Share share = each.getValue();
            rows.add(
                    lane.namespace(),
                    lane.queue(),
                    lane.lane(),
                    lane.serial() ? 1 : 0,
                    share.taken(),
                    share.under(),
                    share.waiting(),
                    share.outside());
        }
        if (!rows.isEmpty()) rows.in(tx.sql(ADD)).update();
        if (!leaves.isEmpty()) columns(leaves).in(tx.sql(TIDY)).update();
    }
}
