package dev.holdfast.sqlite;

import dev.holdfast.core.Command;
import dev.holdfast.core.Decision;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Rules;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Snapshot;
import dev.holdfast.engine.Company;
import dev.holdfast.engine.Obstacle;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Ids;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives runs to a holder. Only runs that can be claimed now stand in the indexes that are read here, by task, so that it
 * looks at no others: what is delayed, overdue, not hosted or parked takes nobody's turn.
 */
final class ClaimWork extends Work<List<Claimed>> {
    private static final String WAITING = "SELECT id, claim_at FROM runs"
            + " WHERE task = ? AND claim_at IS NOT NULL AND parked_version IS NULL AND losses < 3"
            + " AND (deadline IS NULL OR deadline > ?) ORDER BY claim_at, id LIMIT ?";
    /** The beginning of a small index: an ordinary claim asks once, and not for each task. */
    private static final String ANY_SUSPECT = "SELECT 1 FROM runs INDEXED BY runs_suspect"
            + " WHERE claim_at IS NOT NULL AND parked_version IS NULL AND losses >= 3 LIMIT 1";

    private static final String FIRST_SUSPECT = "SELECT id, claim_at FROM runs"
            + " WHERE task = ? AND claim_at IS NOT NULL AND parked_version IS NULL AND losses >= 3"
            + " AND (deadline IS NULL OR deadline > ?) ORDER BY claim_at, id LIMIT 1";

    static {
        // The indexes and the statements say 3.
        if (Defaults.SUSPECT_AFTER_LOSSES != 3) throw new AssertionError("a migration of the indexes is due");
    }

    private static final String ANY_PARKED = "SELECT 1 FROM runs WHERE parked_version IS NOT NULL LIMIT 1";
    private static final String FIRST_PARKED_VERSION =
            "SELECT min(parked_version) FROM runs WHERE task = ? AND parked_version IS NOT NULL";
    private static final String NEXT_PARKED_VERSION =
            "SELECT min(parked_version) FROM runs WHERE task = ? AND parked_version > ?";
    private static final String PARKED = "SELECT id, claim_at FROM runs"
            + " WHERE task = ? AND parked_version = ? AND claim_at IS NOT NULL AND (deadline IS NULL OR deadline > ?)"
            + " ORDER BY claim_at, id LIMIT ?";
    private static final String ROW = "SELECT " + RunRow.COLUMNS + " FROM runs WHERE id = ?";
    private static final String INPUT = "SELECT input FROM run_payloads WHERE run = ?";

    private final Claim claim;
    private final Ids ids;
    private List<Claimed> given = List.of();

    ClaimWork(Claim claim, Ids ids) {
        this.claim = claim;
        this.ids = ids;
    }

    /** A place in the order of claims. */
    private record Waiting(RunId id, long at) {}

    private static final Comparator<Waiting> ORDER =
            Comparator.comparingLong(Waiting::at).thenComparing(Waiting::id);

    @Override
    List<Claimed> in(Transaction tx) throws SQLException {
        var claimed = new ArrayList<Claimed>();
        for (Waiting waiting :
                chosen(tx, Math.min(claim.max(), claim.admission().slots()))) {
            Run run = tx.read(ROW).id(waiting.id()).first(RunRow::read).orElseThrow();
            if (Obstacle.of(run, claim.admission(), tx.now()).isPresent()) continue;
            // One that was parked stands among the others, and is tried alone as well.
            if (run.isSuspect() && !claimed.isEmpty()) continue;
            Decision decision = Rules.decide(run, new Command.Claim(claim.holder()), tx.now());
            if (!(decision instanceof Decision.Transition transition)) continue;
            write(tx, run, transition, ids);
            String input = tx.read(INPUT).id(run.id()).firstText().orElse("null");
            claimed.add(new Claimed(transition.next(), input));
            if (run.isSuspect()) break;
        }
        given = List.copyOf(claimed);
        return given;
    }

    private static void write(Transaction tx, Run before, Decision.Transition transition, Ids ids) throws SQLException {
        var holder = before.fence().holder();
        Sql update = RunRow.changing(tx.write(RunRow.UPDATE), transition.next(), tx.now());
        update.id(before.id())
                .number(before.fence().epoch())
                .number(before.fence().seq())
                .number(holder == null ? null : (Long) holder.number())
                .number(holder == null ? null : (Long) holder.incarnation())
                .text(holder == null ? null : holder.kind());
        if (update.update() != 1) throw new IllegalStateException(before.id() + " has changed within a transaction");
        ChangeWrites.snapshot(
                tx, before.id(), Snapshot.of(transition.next(), transition.cause(), tx.now(), ids.next()));
    }

    /** Those whose turn it is; or the suspect whose turn it is, and nobody beside it. */
    private List<Waiting> chosen(Transaction tx, int most) throws SQLException {
        if (most <= 0) return List.of();
        Waiting suspect = claim.admission().company().admitsSuspects() ? suspect(tx) : null;
        if (suspect != null && claim.admission().company() == Company.CLEARED) return List.of(suspect);
        List<Waiting> others = waiting(tx, most);
        boolean first = suspect != null && (others.isEmpty() || ORDER.compare(suspect, others.getFirst()) < 0);
        return first ? List.of(suspect) : others;
    }

    private @Nullable Waiting suspect(Transaction tx) throws SQLException {
        if (!tx.read(ANY_SUSPECT).any()) return null;
        var found = new ArrayList<Waiting>();
        for (String task : claim.admission().hosted().keySet()) {
            found.addAll(
                    tx.read(FIRST_SUSPECT).text(task).instant(tx.now()).list(r -> new Waiting(r.id(), r.number())));
        }
        return found.stream().min(ORDER).orElse(null);
    }

    private List<Waiting> waiting(Transaction tx, int most) throws SQLException {
        var found = new ArrayList<Waiting>();
        boolean parked = tx.read(ANY_PARKED).any();
        for (Map.Entry<String, String> hosted : claim.admission().hosted().entrySet()) {
            String task = hosted.getKey();
            found.addAll(tx.read(WAITING)
                    .text(task)
                    .instant(tx.now())
                    .number(most)
                    .list(r -> new Waiting(r.id(), r.number())));
            if (parked) parked(tx, task, hosted.getValue(), most, found);
        }
        found.sort(ORDER);
        return found.size() <= most ? found : found.subList(0, most);
    }

    /** Those that were parked by other code than is hosted here: version after version, each in its order. */
    private static void parked(Transaction tx, String task, String hosted, int most, List<Waiting> found)
            throws SQLException {
        String version = tx.read(FIRST_PARKED_VERSION).text(task).firstText().orElse(null);
        while (version != null) {
            if (!version.equals(hosted)) {
                found.addAll(tx.read(PARKED)
                        .text(task)
                        .text(version)
                        .instant(tx.now())
                        .number(most)
                        .list(r -> new Waiting(r.id(), r.number())));
            }
            version = next(tx, task, version);
        }
    }

    private static @Nullable String next(Transaction tx, String task, String version) throws SQLException {
        return tx.read(NEXT_PARKED_VERSION).text(task).text(version).firstText().orElse(null);
    }

    /** The claim was committed, but nobody could be told: what was given is given back, and nobody is blamed. */
    @Override
    void disown(Transaction tx) throws SQLException {
        for (Claimed claimed : given) {
            Run run = tx.read(ROW).id(claimed.run().id()).first(RunRow::read).orElse(null);
            if (run == null || run.fence().epoch() != claimed.run().fence().epoch()) continue;
            var lost = new Command.Lost(claim.holder(), Command.Blame.NOT_COUNTED);
            if (Rules.decide(run, lost, tx.now()) instanceof Decision.Transition transition) {
                write(tx, run, transition, ids);
            }
        }
    }
}
