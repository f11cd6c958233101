package dev.holdfast.postgres;

import static dev.holdfast.postgres.Columns.Type.UUID;

import dev.holdfast.core.Holder;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.engine.port.Rate;
import dev.holdfast.engine.port.Tick;
import dev.holdfast.sql.LaneKey;
import dev.holdfast.sql.QueueRow;
import dev.holdfast.sql.RateBook;
import dev.holdfast.sql.Sql;
import dev.holdfast.sql.Suspected;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Looks for what is due, in one statement; and moves what became due into the claim index. */
final class TickLook {
    private static final int DUE = 0;
    private static final int DEADLINE = 1;
    private static final int INBOX = 2;
    private static final int NEXT = 3;
    private static final int RATED = 4;
    private static final int LINGERS = 5;
    private static final int FIRING = 6;

    private static final String OURS = "(r.holder_number IS NULL"
            + " OR (r.holder_number = ? AND r.holder_incarnation = ? AND r.holder_kind = ?))";
    /** Every part looks at the beginning of an index. */
    private static final String LOOK = "(SELECT " + DUE + " AS what, id AS run, CAST(NULL AS bigint) AS at FROM runs"
            + " WHERE due IS NOT NULL AND claim_at IS NULL AND due <= ? AND state = 'QUEUED' ORDER BY due LIMIT ?)"
            + " UNION ALL (SELECT " + DEADLINE
            + ", id, NULL FROM runs r WHERE deadline IS NOT NULL AND deadline <= ? AND "
            + OURS + " ORDER BY deadline LIMIT ?)"
            + " UNION ALL (SELECT " + INBOX + ", run, NULL FROM (SELECT DISTINCT run FROM inbox) i"
            + " JOIN runs r ON r.id = i.run WHERE " + OURS + " LIMIT ?)"
            + " UNION ALL (SELECT " + NEXT + ", NULL, min(due) FROM runs"
            + " WHERE due IS NOT NULL AND claim_at IS NULL AND due > ?)"
            + " UNION ALL (SELECT " + NEXT
            + ", NULL, min(deadline) FROM runs WHERE deadline IS NOT NULL AND deadline > ?)"
            + " UNION ALL (SELECT " + RATED
            + ", NULL, 1 WHERE EXISTS (SELECT 1 FROM queues WHERE rate_count IS NOT NULL))"
            + " UNION ALL (SELECT " + LINGERS
            + ", NULL, 1 WHERE EXISTS (SELECT 1 FROM runs WHERE lingers_number IS NOT NULL))"
            + " UNION ALL (SELECT " + FIRING + ", NULL, min(next) FROM schedules WHERE next IS NOT NULL)";

    private static final String DUE_BESIDE =
            "SELECT id FROM runs WHERE due IS NOT NULL AND claim_at IS NULL AND due <= ?"
                    + " AND state = 'QUEUED' AND (" + LaneKey.COLUMNS + ") NOT IN (SELECT * FROM "
                    + Columns.unnest(Columns.Type.TEXT, Columns.Type.TEXT, Columns.Type.TEXT, Columns.Type.NUMBER)
                    + " AS v) ORDER BY due LIMIT ?";
    private static final String LANES = "SELECT DISTINCT " + LaneKey.COLUMNS + " FROM runs WHERE id = ANY(?)";
    private static final String STILL_DUE = "SELECT id, " + LaneKey.COLUMNS
            + ", CASE WHEN slot_of IS NULL THEN 0 ELSE 1 END, under FROM runs WHERE id = ANY(?) AND due <= ?"
            + " AND claim_at IS NULL AND state = 'QUEUED' ORDER BY id FOR NO KEY UPDATE SKIP LOCKED";
    private static final String PROMOTE = "UPDATE runs r SET claim_at = CASE WHEN cancelled = 1 THEN 0 ELSE place END,"
            + " turn = CASE WHEN parked_version IS NOT NULL OR " + Suspected.ANY + " THEN NULL"
            + " WHEN lane <> '' AND (slot_of IS NOT NULL OR under = 1) THEN 2"
            + " WHEN started IS NOT NULL THEN 1 ELSE 0 END FROM " + Columns.unnest(UUID)
            + " AS v(id) WHERE r.id = v.id";
    private static final String RATES =
            "SELECT namespace, name, concurrency, lane_concurrency, rate_count, rate_per FROM queues"
                    + " WHERE rate_count IS NOT NULL";
    private static final String READY = "SELECT 1 FROM lanes WHERE ready = 1 AND gate = ? LIMIT 1";

    private final Holder node;
    private final int limit;
    private final Instant now;

    TickLook(Holder node, int limit, Instant now) {
        this.node = node;
        this.limit = limit;
        this.now = now;
    }

    private record Found(
            int what, @Nullable RunId run, @Nullable Instant at) {}

    Tick look(PgReaders readers, Track track, KnownQueues known) {
        List<Found> all = readers.ask(s -> {
            Sql sql = s.sql(LOOK).instant(now).number(limit).instant(now);
            ours(sql).number(limit);
            ours(sql).number(limit);
            return sql.instant(now).instant(now).list(r -> new Found(r.integer(), r.idOrNull(), r.instantOrNull()));
        });
        List<RunId> due = runs(all, DUE);
        List<RunId> deadlines = runs(all, DEADLINE);
        List<RunId> inboxes = runs(all, INBOX);
        int promoted = promoteAll(readers, track, due, known);
        var rates = has(all, RATED) ? rates(readers) : new Rates(false, null);
        boolean more = (promoted > 0 && due.size() == limit) || deadlines.size() == limit || inboxes.size() == limit;
        Instant next = first(all, NEXT, rates.next());
        Instant firing = first(all, FIRING, null);
        return new Tick(deadlines, inboxes, promoted, rates.opened(), has(all, LINGERS), firing, more ? now : next);
    }

    private static boolean has(List<Found> all, int what) {
        return all.stream().anyMatch(f -> f.what() == what);
    }

    private static @Nullable Instant first(List<Found> all, int what, @Nullable Instant other) {
        Instant first = other;
        for (Found each : all) {
            Instant at = each.at();
            if (each.what() == what && at != null && (first == null || at.isBefore(first))) first = at;
        }
        return first;
    }

    private Sql ours(Sql sql) throws SQLException {
        return sql.number(node.number()).number(node.incarnation()).text(node.kind());
    }

    private static List<RunId> runs(List<Found> all, int what) {
        var runs = new ArrayList<RunId>();
        for (Found each : all) {
            RunId run = each.run();
            if (each.what() == what && run != null) runs.add(run);
        }
        return runs;
    }

    private record Due(RunId run, LaneKey lane, boolean slot, boolean under) {}

    /** @param kept lanes of which nothing was, because somebody keeps them locked */
    private record Promoted(int count, Set<LaneKey> kept) {}

    /** What is in a lane that is kept locked does not stand before all that is due in others. */
    private int promoteAll(PgReaders readers, Track track, List<RunId> first, KnownQueues known) {
        var kept = new TreeSet<LaneKey>(LaneBook.ORDER);
        int promoted = 0;
        List<RunId> due = first;
        while (!due.isEmpty()) {
            List<RunId> now = due;
            Promoted done = track.perform(tx -> promote(tx, now, known));
            promoted += done.count();
            boolean others = kept.addAll(done.kept()) && due.size() == limit;
            due = others ? dueBeside(readers, kept) : List.of();
        }
        return promoted;
    }

    private List<RunId> dueBeside(PgReaders readers, Set<LaneKey> kept) {
        return readers.ask(s -> LaneBook.columns(kept)
                .in(s.sql(DUE_BESIDE).instant(now))
                .number(limit)
                .list(r -> r.id()));
    }

    /**
     * Lanes before runs, as everybody does; what another node has promoted meanwhile is passed over, and so is what is in a
     * lane that somebody keeps locked: the next look meets it again.
     */
    private Promoted promote(Transaction tx, List<RunId> due, KnownQueues known) throws SQLException {
        var ids = Scene.uuids(due);
        var lanes = new LaneBook(tx);
        var keys = new TreeSet<LaneKey>(LaneBook.ORDER);
        for (LaneKey key : tx.sql(LANES).uuids(ids).list(LaneKey::read)) if (!key.isPlain()) keys.add(key);
        Set<LaneKey> kept = LaneBook.kept(tx, keys);
        keys.removeAll(kept);
        lanes.lock(keys);
        List<Due> still = tx.sql(STILL_DUE)
                .uuids(ids)
                .instant(tx.now())
                .list(r -> new Due(r.id(), LaneKey.read(r), r.number() != 0, r.number() != 0));
        var promoted = new Columns(UUID);
        int count = 0;
        for (Due each : still) {
            if (kept.contains(each.lane())) continue;
            count++;
            promoted.add(each.run());
            lanes.change(
                    each.lane(),
                    Share.of(each.slot(), false, each.under(), true),
                    Share.of(each.slot(), true, each.under(), true));
        }
        if (!promoted.isEmpty()) promoted.in(tx.sql(PROMOTE)).update();
        lanes.write(known);
        return new Promoted(count, kept);
    }

    /**
     * @param opened whether one that has something to give may give it
     * @param next when the next of those that may not may again
     */
    private record Rates(boolean opened, @Nullable Instant next) {}

    private record Rated(String namespace, String name, QueueSettings settings) {}

    /** Also of queues in which nothing waits: what comes there before the next look is not to wait for that. */
    private Rates rates(PgReaders readers) {
        return readers.read(s -> {
            boolean opened = false;
            Instant next = null;
            for (Rated queue : s.sql(RATES).list(r -> new Rated(r.text(), r.text(), QueueRow.settings(r)))) {
                Rate rate = queue.settings().rate();
                if (rate == null) continue;
                Instant opens = new RateBook(s, queue.namespace(), queue.name(), rate).opens();
                if (opens == null || !opens.isAfter(now)) {
                    opened |= s.sql(READY)
                            .text(QueueRow.gate(queue.namespace(), queue.name()))
                            .any();
                } else if (next == null || opens.isBefore(next)) {
                    next = opens;
                }
            }
            return new Rates(opened, next);
        });
    }
}
