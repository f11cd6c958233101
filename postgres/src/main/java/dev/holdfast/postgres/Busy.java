package dev.holdfast.postgres;

import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Runs whose rows somebody else keeps locked: a node that was stopped in the middle of a batch, or a person. A batch that has
 * waited in vain goes on without whoever wants one of them; he has his turn when it is free, or is answered that it is not.
 */
final class Busy {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** It waits for nobody, so the order does not matter; and what it locks is let go of at once. */
    private static final String BUSY =
            "WITH free AS (SELECT id FROM runs WHERE id = ANY(?) FOR NO KEY UPDATE SKIP LOCKED)"
                    + " SELECT id FROM runs WHERE id = ANY(?) AND id NOT IN (SELECT id FROM free)";

    private Busy() {}

    /** Sends those of a batch aside that want what is locked; answers whether there were any. */
    static boolean sendAside(Transaction tx, List<Work<?>> batch) throws SQLException {
        var wanted = new TreeSet<RunId>();
        for (Work<?> work : batch) wanted.addAll(runs(work));
        Set<RunId> busy = wanted.isEmpty() ? Set.of() : busy(tx, wanted);
        boolean any = false;
        for (Work<?> work : batch) {
            var waitsFor = runs(work).stream().filter(busy::contains).findAny();
            if (waitsFor.isEmpty()) {
                work.standIn();
                continue;
            }
            any = true;
            if (work instanceof ChangeWork change && change.mayBeLeft()) {
                change.settle(Judge.STALE);
                continue;
            }
            work.standAside(tx.now());
            if (work.waited(tx.now()).compareTo(PATIENCE) > 0) work.failed(busy(waitsFor.get()));
        }
        return any;
    }

    private static Set<RunId> busy(Transaction tx, Set<RunId> wanted) throws SQLException {
        var ids = Scene.uuids(wanted);
        var before = tx.session().connection().setSavepoint();
        var busy = tx.sql(BUSY).uuids(ids).uuids(ids).list(r -> r.id());
        tx.session().connection().rollback(before);
        return new HashSet<>(busy);
    }

    private static List<RunId> runs(Work<?> work) {
        var runs = new ArrayList<RunId>();
        for (Object each : work.touches()) if (each instanceof RunId run) runs.add(run);
        return runs;
    }

    private static Unavailable busy(RunId run) {
        return Unavailable.notApplied(
                "run_busy",
                "run " + run + " is locked by another transaction, which does not end (pg_locks shows whose it is):"
                        + " nothing was changed; ask again when it has ended",
                null);
    }
}
