package dev.holdfast.engine.port;

import dev.holdfast.core.Fence;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Item;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The ordered chunks of runs. Only a run's holder appends; every implementation passes the same contract suite.
 *
 * <p>Numbers are dense per run, from 1, in the order in which entries became visible: who has seen number n has been able
 * to see every lower one.
 */
public interface StreamLog extends AutoCloseable {
    /**
     * Appends for several runs; durable when it returns.
     *
     * @return what became of each, in the order given
     * @throws Unavailable if the log could not be written: unless it is indeterminate, nothing of any of them was written
     */
    List<Appended> append(List<Append> appends);

    /**
     * @param run whose stream
     * @param by who writes: the run's row must have this epoch and holder
     * @param items at least one, in order
     */
    record Append(RunId run, Fence.By by, List<Item> items) {
        public Append {
            items = List.copyOf(items);
        }
    }

    /** Entries with numbers above {@code after}, in order, at most {@code max} of them and about a megabyte. */
    Page read(RunId run, long after, int max);

    /**
     * Some entries of a stream.
     *
     * @param entries in order
     * @param isLast whether there were no more beyond them: who has told these need not ask again before a hint
     */
    record Page(List<Entry> entries, boolean isLast) {
        public Page {
            entries = List.copyOf(entries);
        }
    }

    /** All rewinds with numbers above {@code after}, in order. */
    List<Entry> rewinds(RunId run, long after);

    /** All entries in order, with the data of chunks left out (empty text): enough to find what does not stand. */
    default List<Entry> outline(RunId run) {
        return outlines(List.of(run)).getOrDefault(run, List.of());
    }

    /** Those of several runs, in one round trip. A run without entries may be left out. */
    Map<RunId, List<Entry>> outlines(Collection<RunId> runs);

    /** The number of the newest entry, 0 for none. */
    long head(RunId run);

    @Override
    void close();
}
