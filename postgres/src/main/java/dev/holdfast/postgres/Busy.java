package dev.holdfast.postgres;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.sql.LaneKey;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Runs and lanes whose rows somebody else keeps locked: a node that was stopped in the middle of a batch, or a person. A batch
 * that has waited in vain goes on without whoever wants one of them; he has his turn when it is free, or is answered that it
 * is not.
 */
final class Busy {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** It waits for nobody, so the order does not matter; and what it locks is let go of at once. */
    private static final String RUNS =
            "WITH free AS (SELECT id FROM runs WHERE id = ANY(?) FOR NO KEY UPDATE SKIP LOCKED)"
                    + " SELECT id FROM runs WHERE id = ANY(?) AND id NOT IN (SELECT id FROM free)";

    private final Set<Object> rows = new HashSet<>();

    private Busy(Transaction tx, List<Work<?>> batch) throws SQLException {
        var runs = new TreeSet<RunId>();
        var lanes = new HashSet<LaneKey>();
        for (Work<?> work : batch) {
            for (Object each : wanted(work)) {
                if (each instanceof RunId run) runs.add(run);
                if (each instanceof LaneKey lane) lanes.add(lane);
            }
        }
        var before = tx.session().connection().setSavepoint();
        rows.addAll(LaneBook.kept(tx, lanes));
        if (!runs.isEmpty()) {
            var ids = Scene.uuids(runs);
            rows.addAll(tx.sql(RUNS).uuids(ids).uuids(ids).list(r -> r.id()));
        }
        tx.session().connection().rollback(before);
    }

    /** Sends those of a batch aside that want what is locked; answers whether there were any. */
    static boolean sendAside(Transaction tx, List<Work<?>> batch) throws SQLException {
        var busy = new Busy(tx, batch);
        boolean any = false;
        for (Work<?> work : batch) any |= busy.sendAside(work, tx.now());
        return any;
    }

    private boolean sendAside(Work<?> work, Instant now) {
        var waitsFor = wanted(work).stream().filter(rows::contains).findAny();
        if (waitsFor.isEmpty()) {
            work.standIn();
            return false;
        }
        if (work instanceof ChangeWork change && change.mayBeLeft()) {
            change.settle(Judge.STALE);
            return true;
        }
        work.standAside(now);
        if (work.waited(now).compareTo(PATIENCE) > 0) work.failed(busy(waitsFor.get()));
        return true;
    }

    private static Set<Object> wanted(Work<?> work) {
        var wanted = new HashSet<Object>(work.touches());
        if (!(work instanceof ChangeWork change)) return wanted;
        for (Part part : change.part().all()) {
            Run row = part.row();
            if (row != null && row.place().lane() != null) wanted.add(LaneKey.of(row));
        }
        return wanted;
    }

    private static Unavailable busy(Object what) {
        String name = what instanceof LaneKey lane
                ? "lane '" + lane.lane() + "' of queue '" + lane.queue() + "'"
                : "run " + what;
        return Unavailable.notApplied(
                "run_busy",
                name + " is locked by another transaction, which does not end (pg_locks shows whose it is):"
                        + " nothing was changed; ask again when it has ended",
                null);
    }
}
