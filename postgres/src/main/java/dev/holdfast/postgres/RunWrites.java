package dev.holdfast.postgres;

import static dev.holdfast.postgres.Columns.Type.NUMBER;
import static dev.holdfast.postgres.Columns.Type.TEXT;
import static dev.holdfast.postgres.Columns.Type.UUID;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Snapshot;
import dev.holdfast.sql.RunRow;
import dev.holdfast.sql.Texts;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rows of runs and their snapshots that a batch writes: one statement for all that are new, one for all others. */
final class RunWrites {
    private static final Set<String> IDS = Set.of("id", "parent", "rerun_of");
    private static final Set<String> TEXTS = Set.of(
            "namespace",
            "task",
            "version",
            "key",
            "tags",
            "parent_key",
            "rerun_from",
            "policy",
            "queue",
            "lane",
            "slot_of",
            "debounce",
            "state",
            "outcome",
            "stop_reason",
            "stop_next",
            "waiting",
            "parked_version",
            "parked_key",
            "parked_recorded",
            "parked_called",
            "holder_kind",
            "deadlines");
    private static final List<String> ALL =
            Stream.concat(RunRow.FIXED.stream(), RunRow.CHANGING.stream()).toList();
    private static final List<String> CHANGED =
            Stream.concat(Stream.of("id"), RunRow.CHANGING.stream()).toList();
    private static final String INSERT = "INSERT INTO runs (" + String.join(", ", ALL) + ") SELECT v.* FROM "
            + Columns.unnest(types(ALL)) + " AS v(" + String.join(", ", ALL) + ")"
            + " WHERE NOT EXISTS (SELECT 1 FROM removed WHERE run = v.id) ON CONFLICT (id) DO NOTHING RETURNING id";
    private static final String UPDATE = "UPDATE runs r SET "
            + RunRow.CHANGING.stream().map(c -> c + " = v." + c).collect(Collectors.joining(", ")) + " FROM "
            + Columns.unnest(types(CHANGED)) + " AS v(" + String.join(", ", CHANGED) + ") WHERE r.id = v.id";
    private static final Columns.Type[] SNAPSHOT = {UUID, NUMBER, TEXT, TEXT, NUMBER, NUMBER, NUMBER, TEXT, UUID};
    private static final String SNAPSHOTS =
            "INSERT INTO snapshots (run, seq, state, outcome, epoch, attempt, at, cause, change) SELECT * FROM "
                    + Columns.unnest(SNAPSHOT) + " AS v";
    /** A run that lives for years keeps its newest ones. Looked at now and then, so that most snapshots cost no delete. */
    private static final String PRUNE = "DELETE FROM snapshots s USING " + Columns.unnest(UUID, NUMBER)
            + " AS v(run, seq) WHERE s.run = v.run AND s.seq <= v.seq";

    private static final int PRUNED_EVERY = 100;

    private final Transaction tx;
    private final Map<RunId, New> fresh = new LinkedHashMap<>();
    private final Columns updates = new Columns(types(CHANGED));
    private final Columns snapshots = new Columns(SNAPSHOT);
    private final Columns prunes = new Columns(UUID, NUMBER);
    private final Map<Run.Policy, String> policies = new HashMap<>();
    private int updated;

    RunWrites(Transaction tx) {
        this.tx = tx;
    }

    /**
     * A run that is about to be written for the first time.
     *
     * @param under whether it executes in its parent's slot
     */
    record New(Run run, boolean under) {}

    private static List<Columns.Type> types(List<String> columns) {
        return columns.stream()
                .map(c -> IDS.contains(c) ? UUID : TEXTS.contains(c) ? TEXT : NUMBER)
                .toList();
    }

    void insert(Run run, boolean under) {
        fresh.put(run.id(), new New(run, under));
    }

    /** Those that are new, in the order in which they came. */
    List<New> fresh() {
        return List.copyOf(fresh.values());
    }

    void update(Run next, boolean under) {
        var row = new ArrayList<@Nullable Object>(CHANGED.size());
        row.add(next.id());
        row.addAll(RunRow.changing(next, tx.now(), slot(under)));
        updates.add(row);
        updated++;
    }

    void snapshot(RunId run, Snapshot snapshot) {
        snapshots.add(
                run,
                snapshot.seq(),
                snapshot.state(),
                snapshot.outcome(),
                snapshot.epoch(),
                snapshot.attempt(),
                snapshot.at(),
                snapshot.cause(),
                snapshot.change());
        if (snapshot.seq() % PRUNED_EVERY == 0 && snapshot.seq() > Defaults.SNAPSHOTS_KEPT) {
            prunes.add(run, snapshot.seq() - Defaults.SNAPSHOTS_KEPT);
        }
    }

    /** @return the new runs that could be written: others have an id that was used before */
    Set<RunId> write() throws SQLException {
        Set<RunId> written = Set.of();
        if (!fresh.isEmpty()) {
            var rows = new Columns(types(ALL));
            for (New each : fresh.values()) {
                var row = new ArrayList<@Nullable Object>(ALL.size());
                row.addAll(RunRow.fixed(each.run(), policy(each.run().policy())));
                row.addAll(RunRow.changing(each.run(), tx.now(), slot(each.under())));
                rows.add(row);
            }
            written = Set.copyOf(rows.in(tx.sql(INSERT)).list(r -> r.id()));
            if (written.size() < fresh.size()) return written;
        }
        if (updated > 0 && updates.in(tx.sql(UPDATE)).update() != updated) {
            throw new IllegalStateException("a run that was locked has changed");
        }
        if (!snapshots.isEmpty()) snapshots.in(tx.sql(SNAPSHOTS)).update();
        if (!prunes.isEmpty()) prunes.in(tx.sql(PRUNE)).update();
        return written;
    }

    private static Run.Slot slot(boolean under) {
        return under ? Run.Slot.PARENTS : Run.Slot.OWN;
    }

    /** Most runs of a task have the same. */
    private String policy(Run.Policy policy) {
        return policies.computeIfAbsent(policy, Texts::policy);
    }
}
