package dev.holdfast.sqlite;

import dev.holdfast.engine.port.LedgerFigures;
import dev.holdfast.engine.port.Receipt;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts what the writer does. */
final class BatchFigures {
    private final Map<Integer, Long> sizes = new TreeMap<>();
    private Map<String, String> durability = Map.of();
    private long batches;
    private long changes;
    private long stale;

    synchronized void opened(Map<String, String> settings) {
        durability = settings;
    }

    /** A transaction has been committed; {@code size} is how many changes it made. Claims that found nothing make none. */
    synchronized void committed(int size) {
        batches++;
        if (size > 0) sizes.merge(size, 1L, Long::sum);
    }

    synchronized void answered(Work<?> work, @Nullable Object answer) {
        if (!(work instanceof ChangeWork)) return;
        changes++;
        if (answer instanceof Receipt.Stale) stale++;
    }

    synchronized LedgerFigures figures() {
        return new LedgerFigures(batches, changes, stale, Map.copyOf(sizes), durability);
    }
}
