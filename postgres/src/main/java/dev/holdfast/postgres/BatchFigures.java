package dev.holdfast.postgres;

import dev.holdfast.engine.port.LedgerFigures;
import dev.holdfast.engine.port.Receipt;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what the writer does. */
final class BatchFigures {
    private final Map<Integer, Long> sizes = new TreeMap<>();
    private long batches;
    private long changes;
    private long stale;

    synchronized void committed(List<? extends Work<?>> works) {
        batches++;
        int size = 0;
        for (Work<?> work : works) {
            size += work.changes();
            if (!(work instanceof ChangeWork)) continue;
            changes++;
            if (work.result() instanceof Receipt.Stale) stale++;
        }
        if (size > 0) sizes.merge(size, 1L, Long::sum);
    }

    synchronized LedgerFigures figures(Map<String, String> durability) {
        return new LedgerFigures(batches, changes, stale, Map.copyOf(sizes), durability);
    }
}
