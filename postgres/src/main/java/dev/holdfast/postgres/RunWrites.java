package dev.holdfast.postgres;

import static dev.holdfast.postgres.Columns.Type.INTEGER;
import static dev.holdfast.postgres.Columns.Type.NUMBER;
import static dev.holdfast.postgres.Columns.Type.SMALL;
import static dev.holdfast.postgres.Columns.Type.TEXT;
import static dev.holdfast.postgres.Columns.Type.UUID;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Snapshot;
import dev.holdfast.sql.RunRow;
import dev.holdfast.sql.Sql;
import dev.holdfast.sql.Texts;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
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
    private static final Set<String> INTEGERS = Set.of("parent_attempt", "attempt", "losses", "losses_alone");
    private static final Set<String> FLAGS = Set.of("detached", "serial", "cancelled", "under", "turn");
    private static final Table ALL =
            table(Stream.concat(RunRow.FIXED.stream(), RunRow.CHANGING.stream()).toList());
    private static final Table CHANGED =
            table(Stream.concat(Stream.of("id"), RunRow.CHANGING.stream()).toList());
    /**
     * Most of what a row may say it does not. What no row of a batch says is not sent, group by group, so that there are
     * some dozens of statements and not one for each set of columns.
     */
    private static final List<List<String>> OPTIONAL = List.of(
            List.of("due"),
            List.of("started"),
            List.of("outcome", "finished"),
            List.of("holder_kind", "holder_number", "holder_incarnation"),
            List.of("claim_at", "turn"),
            List.of(
                    "slot_of",
                    "lingers_number",
                    "lingers_incarnation",
                    "debounce",
                    "stop_reason",
                    "stop_next",
                    "waiting",
                    "parked_version",
                    "parked_key",
                    "parked_recorded",
                    "parked_called",
                    "deadlines",
                    "deadline",
                    "key_until"));

    /** What most rows of a batch say alike is sent once, again group by group. */
    private static final List<List<String>> ALIKE = List.of(
            List.of("queue", "lane", "serial", "cancelled", "losses", "losses_alone", "under"),
            List.of("state", "epoch", "seq", "attempt"));

    private static final Table SNAPSHOTS = Table.of(
            "snapshots",
            "run, seq, state, outcome, epoch, attempt, at, cause, change",
            UUID,
            NUMBER,
            TEXT,
            TEXT,
            NUMBER,
            INTEGER,
            NUMBER,
            TEXT,
            UUID);
    /** A run that lives for years keeps its newest ones. Looked at now and then, so that most snapshots cost no delete. */
    private static final String PRUNE = "DELETE FROM snapshots s USING " + Columns.unnest(UUID, NUMBER)
            + " AS v(run, seq) WHERE s.run = v.run AND s.seq <= v.seq";

    private static final int PRUNED_EVERY = 100;

    private final Transaction tx;
    private final Map<RunId, New> fresh = new LinkedHashMap<>();
    private final Columns updates = CHANGED.rows();
    private final Columns snapshots = SNAPSHOTS.rows();
    private final Columns prunes = new Columns(UUID, NUMBER);
    private final Map<Run.Policy, String> policies = new HashMap<>();

    RunWrites(Transaction tx) {
        this.tx = tx;
    }

    /**
     * A run that is about to be written for the first time.
     *
     * @param under whether it executes in its parent's slot
     */
    record New(Run run, boolean under) {}

    private static Table table(List<String> columns) {
        return new Table("runs", columns, columns.stream().map(RunWrites::type).toList());
    }

    private static Columns.Type type(String column) {
        if (IDS.contains(column)) return UUID;
        if (TEXTS.contains(column)) return TEXT;
        if (INTEGERS.contains(column)) return INTEGER;
        return FLAGS.contains(column) ? SMALL : NUMBER;
    }

    void insert(Run run, boolean under) {
        fresh.put(run.id(), new New(run, under));
    }

    /** Those that are new, in the order in which they came. */
    List<New> fresh() {
        return List.copyOf(fresh.values());
    }

    void update(Run next, boolean under) {
        var row = new ArrayList<@Nullable Object>(CHANGED.columns().size());
        row.add(next.id());
        row.addAll(RunRow.changing(next, tx.now(), slot(under)));
        updates.add(row);
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

    void write() throws SQLException {
        var rows = ALL.rows();
        for (New each : fresh.values()) {
            var row = new ArrayList<@Nullable Object>(ALL.columns().size());
            row.addAll(RunRow.fixed(each.run(), policy(each.run().policy())));
            row.addAll(RunRow.changing(each.run(), tx.now(), slot(each.under())));
            rows.add(row);
        }
        NewRows.write(tx, ALL, rows);
        if (!updates.isEmpty()) update();
        NewRows.write(tx, SNAPSHOTS, snapshots);
        if (!prunes.isEmpty()) prunes.in(tx.sql(PRUNE)).update();
    }

    private void update() throws SQLException {
        Set<String> absent = whole(OPTIONAL, column -> !updates.isFilled(column));
        Set<String> alike = whole(ALIKE, updates::isAlike);
        var sent = new ArrayList<Integer>();
        for (int i = 0; i < CHANGED.columns().size(); i++) {
            String column = CHANGED.columns().get(i);
            if (!absent.contains(column) && !alike.contains(column)) sent.add(i);
        }
        String set = RunRow.CHANGING.stream()
                .map(c -> c + (absent.contains(c) ? " = NULL" : alike.contains(c) ? " = ?" : " = v." + c))
                .collect(Collectors.joining(", "));
        Sql sql = tx.sql("UPDATE runs r SET " + set + " FROM " + CHANGED.source(sent) + " WHERE r.id = v.id");
        for (String column : RunRow.CHANGING) {
            if (alike.contains(column))
                sql.value(updates.at(0, CHANGED.columns().indexOf(column)));
        }
        if (updates.only(sent).in(sql).update() != updates.size()) {
            throw new IllegalStateException("a run that was locked has changed");
        }
    }

    /** The columns of those groups of which this is true of each. */
    private static Set<String> whole(List<List<String>> groups, IntPredicate is) {
        return groups.stream()
                .filter(group ->
                        group.stream().allMatch(c -> is.test(CHANGED.columns().indexOf(c))))
                .flatMap(List::stream)
                .collect(Collectors.toSet());
    }

    private static Run.Slot slot(boolean under) {
        return under ? Run.Slot.PARENTS : Run.Slot.OWN;
    }

    /** Most runs of a task have the same. */
    private String policy(Run.Policy policy) {
        return policies.computeIfAbsent(policy, Texts::policy);
    }
}
