package dev.holdfast.sqlite;

import dev.holdfast.core.Fence;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of runs, and remembers the newest that it has written. There is one writer, so what it remembers is
 * what is there: a claim right after a start reads nothing, and an update names only the columns that it changes. SQLite
 * touches an index only if a statement names one of its columns, whether or not the value is another one
 * (<a href="https://sqlite.org/lang_update.html">UPDATE</a>); most of the cost of a row lies there.
 *
 * <p>Whoever writes to the table in another way says {@link #forget}. The fence is in every statement all the same.
 */
final class RunRows {
    private static final int KEPT = 2_000;
    /** Inputs up to here are remembered until the claim. */
    private static final int SMALL = 1_000;

    private static final String READ = "SELECT " + RunRow.COLUMNS + " FROM runs WHERE id = ?";
    private static final String INPUT = "SELECT input FROM run_payloads WHERE run = ?";

    private final Transaction tx;
    private final Map<RunId, Known> known = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<RunId, Known> eldest) {
            return size() > KEPT;
        }
    };
    private final Map<Long, String> inserts = new HashMap<>();
    private final Map<Long, String> updates = new HashMap<>();

    RunRows(Transaction tx) {
        this.tx = tx;
    }

    /**
     * A row as it is in the table.
     *
     * @param values of the columns that a transition may change
     * @param input of a run that was not claimed yet, if it is small; null if it has to be read
     */
    private record Known(
            Run run,
            List<@Nullable Object> values,
            @Nullable String input) {}

    Optional<Run> read(RunId id) throws SQLException {
        Known present = known.get(id);
        return present != null
                ? Optional.of(present.run())
                : tx.read(READ).id(id).first(RunRow::read);
    }

    String input(RunId id) throws SQLException {
        Known present = known.get(id);
        String input = present == null ? null : present.input();
        return input != null ? input : tx.read(INPUT).id(id).firstText().orElse("null");
    }

    /** @return whether it was written: false if the id was used before */
    boolean insert(Run run, boolean under, @Nullable String input) throws SQLException {
        var values = RunRow.changing(run, tx.now(), under);
        var all = new ArrayList<@Nullable Object>(RunRow.fixed(run));
        all.addAll(values);
        long mask = 0;
        for (int i = 0; i < all.size(); i++) if (all.get(i) != null) mask |= 1L << i;
        Sql insert = tx.write(inserts.computeIfAbsent(mask, RunRow::insert));
        for (Object value : all) if (value != null) insert.value(value);
        if (insert.id(run.id()).update() == 0) return false;
        boolean small = input != null && input.length() <= SMALL;
        known.put(run.id(), new Known(run, values, small ? input : null));
        return true;
    }

    /**
     * Writes the row if it is as the fence says.
     *
     * @param next as it will be
     * @param fence as it must be
     * @return whether it was written
     */
    boolean update(Run next, Fence fence, boolean under) throws SQLException {
        var values = RunRow.changing(next, tx.now(), under);
        Known before = known.get(next.id());
        long mask = 0;
        for (int i = 0; i < values.size(); i++) {
            if (before == null || !Objects.equals(before.values().get(i), values.get(i))) mask |= 1L << i;
        }
        // Nothing changes, and yet the fence is to be checked.
        if (mask == 0) mask = 1;
        Sql update = tx.write(updates.computeIfAbsent(mask, RunRow::update));
        for (int i = 0; i < values.size(); i++) if ((mask & 1L << i) != 0) update.value(values.get(i));
        var holder = fence.holder();
        update.id(next.id())
                .number(fence.epoch())
                .number(fence.seq())
                .number(holder == null ? null : (Long) holder.number())
                .number(holder == null ? null : (Long) holder.incarnation())
                .text(holder == null ? null : holder.kind());
        if (update.update() == 0) return false;
        known.put(next.id(), new Known(next, values, null));
        return true;
    }

    /** Somebody else has written this row, or has removed it. */
    void forget(RunId id) {
        known.remove(id);
    }

    /** What was written may not be there. */
    void forgetAll() {
        known.clear();
    }
}
