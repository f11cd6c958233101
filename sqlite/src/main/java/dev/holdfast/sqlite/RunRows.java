package dev.holdfast.sqlite;

import dev.holdfast.core.Fence;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.sql.RunRow;
import dev.holdfast.sql.Sql;
import dev.holdfast.sql.Texts;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of runs, and remembers the newest that it has written. There is one writer, so what it remembers is
 * what is there: a claim right after a start reads nothing, and an update names only the columns that it changes. SQLite
 * touches an index only if a statement names one of its columns, whether or not the value is another one
 * (<a href="https://sqlite.org/lang_update.html">UPDATE</a>); most of the cost of a row lies there.
 *
 * <p>The row of a new run is <i>pending</i> until the transaction ends or somebody looks for it: a run that is started and
 * claimed in one transaction is written once, as it is at the end.
 *
 * <p>Whoever writes to the table in another way says {@link #forget}. The fence is in every statement all the same.
 */
final class RunRows {
    private static final int KEPT = 2_000;
    /** Inputs up to here are remembered until the claim. */
    private static final int SMALL = 1_000;

    private static final String READ = "SELECT " + RunRow.COLUMNS + " FROM runs WHERE id = ?";
    private static final String INPUT = "SELECT input FROM run_payloads WHERE run = ?";
    private static final int POLICIES_KEPT = 100;

    private static final List<String> INSERTED =
            Stream.concat(RunRow.FIXED.stream(), RunRow.CHANGING.stream()).toList();

    private final Transaction tx;
    private final Map<RunId, Known> known = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<RunId, Known> eldest) {
            return size() > KEPT;
        }
    };
    private final Map<RunId, Known> pending = new LinkedHashMap<>();
    private final Map<Long, String> inserts = new HashMap<>();
    private final Map<Long, String> updates = new HashMap<>();
    private final Map<Run.Policy, String> policies = new HashMap<>();

    RunRows(Transaction tx) {
        this.tx = tx;
    }

    /**
     * A row as it is in the table, or will be.
     *
     * @param values of the columns that a transition may change
     * @param input of a run that was not claimed yet, if it is small; null if it has to be read
     * @param alone whether nothing is in the database that speaks of it in another table than its own: no message, nobody
     *     who waits, no child
     */
    private record Known(
            Run run,
            List<@Nullable Object> values,
            @Nullable String input,
            boolean alone) {}

    Optional<Run> read(RunId id) throws SQLException {
        Known present = find(id);
        return present != null
                ? Optional.of(present.run())
                : tx.readApart(READ).id(id).first(RunRow::read);
    }

    String input(RunId id) throws SQLException {
        Known present = find(id);
        String input = present == null ? null : present.input();
        return input != null ? input : tx.readApart(INPUT).id(id).firstText().orElse("null");
    }

    private @Nullable Known find(RunId id) {
        Known waits = pending.get(id);
        return waits != null ? waits : known.get(id);
    }

    /** Whether it is known that nobody has sent it anything, waits for it or was started by it. */
    boolean isAlone(RunId id) {
        Known present = find(id);
        return present != null && present.alone();
    }

    /** Something that speaks of it is written to another table, or as the child of it. */
    void meets(RunId id) {
        pending.computeIfPresent(id, (i, k) -> new Known(k.run(), k.values(), k.input(), false));
        known.computeIfPresent(id, (i, k) -> new Known(k.run(), k.values(), k.input(), false));
    }

    /** The runs whose rows are pending, in the order in which they came. */
    List<Run> pending() {
        return pending.values().stream().map(Known::run).toList();
    }

    /** @return whether it was written, or is going to be: false if the id was used before */
    boolean insert(Run run, boolean under, @Nullable String input) throws SQLException {
        boolean small = input != null && input.length() <= SMALL;
        var row = new Known(run, RunRow.changing(run, tx.now(), slot(under)), small ? input : null, true);
        if (tx.defers()) {
            if (find(run.id()) != null) return false;
            pending.put(run.id(), row);
            return true;
        }
        if (!insert(row)) return false;
        known.put(run.id(), row);
        return true;
    }

    private boolean insert(Known row) throws SQLException {
        var all = new ArrayList<@Nullable Object>(
                RunRow.fixed(row.run(), policy(row.run().policy())));
        all.addAll(row.values());
        long mask = 0;
        for (int i = 0; i < all.size(); i++) if (all.get(i) != null) mask |= 1L << i;
        Sql insert = tx.writeApart(inserts.computeIfAbsent(mask, RunRows::insert));
        for (Object value : all) if (value != null) insert.value(value);
        return insert.id(row.run().id()).update() == 1;
    }

    /**
     * Writes one row if the id was never used; locks nothing that anybody else wants.
     *
     * @param mask which columns have a value
     */
    private static String insert(long mask) {
        var columns = chosen(INSERTED, mask);
        return "INSERT INTO runs (" + String.join(", ", columns) + ") SELECT "
                + Sql.places(columns.size())
                + " WHERE NOT EXISTS (SELECT 1 FROM removed WHERE run = ?) ON CONFLICT (id) DO NOTHING";
    }

    /**
     * The fence and the write in one: writes one row, or none if epoch, seq or holder are not as expected.
     *
     * @param mask which columns are written
     */
    private static String update(long mask) {
        return "UPDATE runs SET " + String.join(" = ?, ", chosen(RunRow.CHANGING, mask)) + " = ? WHERE id = ?"
                + " AND epoch = ? AND seq = ? AND holder_number IS ? AND holder_incarnation IS ? AND holder_kind IS ?";
    }

    /** @param mask bit i is the i-th */
    private static List<String> chosen(List<String> columns, long mask) {
        var chosen = new ArrayList<String>();
        for (int i = 0; i < columns.size(); i++) if ((mask & 1L << i) != 0) chosen.add(columns.get(i));
        return chosen;
    }

    /** Most runs of a task have the same. */
    private String policy(Run.Policy policy) {
        if (policies.size() > POLICIES_KEPT) policies.clear();
        return policies.computeIfAbsent(policy, Texts::policy);
    }

    /**
     * Writes what is pending.
     *
     * @throws IdUsed if one of the ids was used before: each piece has to be done by itself
     */
    void settle() throws SQLException {
        if (pending.isEmpty()) return;
        for (Known row : pending.values()) {
            if (!insert(row)) throw new IdUsed(row.run().id());
            known.put(row.run().id(), row);
        }
        pending.clear();
    }

    /** A whole transaction cannot say whose start it is that has come before. */
    static final class IdUsed extends RuntimeException {
        private static final long serialVersionUID = 1;

        IdUsed(RunId id) {
            super(id + " was used before");
        }
    }

    /**
     * Writes the row if it is as the fence says.
     *
     * @param next as it will be
     * @param fence as it must be
     * @return whether it was written
     */
    boolean update(Run next, Fence fence, boolean under) throws SQLException {
        var values = RunRow.changing(next, tx.now(), slot(under));
        Known waits = pending.get(next.id());
        if (waits != null) {
            if (!waits.run().fence().equals(fence)) return false;
            pending.put(next.id(), new Known(next, values, null, waits.alone()));
            return true;
        }
        Known before = known.get(next.id());
        long mask = 0;
        for (int i = 0; i < values.size(); i++) {
            if (before == null || !Objects.equals(before.values().get(i), values.get(i))) mask |= 1L << i;
        }
        // Nothing changes, and yet the fence is to be checked.
        if (mask == 0) mask = 1;
        Sql update = tx.writeApart(updates.computeIfAbsent(mask, RunRows::update));
        for (int i = 0; i < values.size(); i++) if ((mask & 1L << i) != 0) update.value(values.get(i));
        var holder = fence.holder();
        update.id(next.id())
                .number(fence.epoch())
                .number(fence.seq())
                .number(holder == null ? null : (Long) holder.number())
                .number(holder == null ? null : (Long) holder.incarnation())
                .text(holder == null ? null : holder.kind());
        if (update.update() == 0) return false;
        known.put(next.id(), new Known(next, values, null, before != null && before.alone()));
        return true;
    }

    private static Run.Slot slot(boolean under) {
        return under ? Run.Slot.PARENTS : Run.Slot.OWN;
    }

    /** Somebody else has written this row, or has removed it. */
    void forget(RunId id) {
        known.remove(id);
    }

    /** What was written may not be there. */
    void forgetAll() {
        pending.clear();
        known.clear();
    }
}
