package dev.holdfast.engine;

import dev.holdfast.core.Snapshot;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.StreamEnd;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.StreamLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What there was of a run beyond a position, read in this order: row, entries, rewinds, snapshots. See {@link Story}.
 *
 * @param from the position: the number of an entry, and the seq of a snapshot
 * @param row how far the run was before anything else was read
 * @param end where its stream ends; null if it had not ended
 * @param page entries beyond the position, none of them above the end
 * @param rewinds those that are newly known, in their order: with those known before, all up to the end of the page
 * @param snapshots beyond the position: with those before it, all up to the row and up to the entries
 */
record Look(
        Cursor from,
        Reads.Progress row,
        @Nullable StreamEnd end,
        StreamLog.Page page,
        List<Entry> rewinds,
        List<Snapshot> snapshots) {
    private static final int KEPT_ENTRIES = 256;
    private static final int KEPT_CHARACTERS = 100_000;
    private static final int KEPT_SNAPSHOTS = 64;

    List<Entry> entries() {
        return page.entries();
    }

    /** The number of the last entry that counts. */
    long last() {
        return last(end);
    }

    static long last(@Nullable StreamEnd end) {
        return end == null || end.last() == null ? Long.MAX_VALUE : end.last();
    }

    /** Where who was told all of this is. */
    Cursor head() {
        long number = entries().isEmpty() ? from.number() : entries().getLast().number();
        long seq = snapshots.isEmpty() ? from.seq() : snapshots.getLast().seq();
        return new Cursor(from.run(), number, seq);
    }

    /** Whether all that was there beyond this position is in it. */
    boolean covers(Cursor position) {
        return position.number() >= from.number() && position.seq() >= from.seq();
    }

    /** What of it is beyond a position that it covers. */
    Look beyond(Cursor position) {
        return new Look(
                position,
                row,
                end,
                new StreamLog.Page(entriesBeyond(entries(), position.number()), page.isLast()),
                entriesBeyond(rewinds, position.number()),
                snapshotsBeyond(snapshots, position.seq()));
    }

    /**
     * This, and what was read beyond its head. Of what this has, only the newest is kept; nothing, if the log has lost some of it.
     */
    Look then(Look next) {
        if (!next.entries().isEmpty() && next.entries().getFirst().behind() < head().number()) return next;
        Cursor kept = kept();
        long last = next.last();
        var entries = new ArrayList<>(entriesBeyond(entries(), kept.number()));
        entries.addAll(next.entries());
        // Who had lost the run may have written above its end before that was known.
        entries.removeIf(entry -> entry.number() > last);
        var rewinds = new ArrayList<>(entriesBeyond(this.rewinds, kept.number()));
        // What was read ahead may be gone when it is reached.
        Set<Long> there = next.entries().stream().map(Entry::number).collect(Collectors.toSet());
        rewinds.removeIf(
                entry -> entry.number() > last || (next.spans(entry.number()) && !there.contains(entry.number())));
        rewinds.addAll(next.rewinds());
        var snapshots = new ArrayList<>(snapshotsBeyond(this.snapshots, kept.seq()));
        snapshots.addAll(next.snapshots());
        var page = new StreamLog.Page(entries, next.page().isLast());
        return new Look(kept, next.row(), next.end(), page, List.copyOf(rewinds), List.copyOf(snapshots));
    }

    private boolean spans(long number) {
        return number > from.number() && number <= head().number();
    }

    /** Beyond which it is worth keeping: who is farther behind reads by himself. */
    private Cursor kept() {
        List<Entry> all = entries();
        int first = all.size();
        int characters = 0;
        while (first > 0 && all.size() - first < KEPT_ENTRIES && characters < KEPT_CHARACTERS) {
            first--;
            if (all.get(first).item() instanceof Item.Chunk chunk) {
                characters += chunk.data().length();
            }
        }
        int told = snapshots.size() - KEPT_SNAPSHOTS;
        return new Cursor(
                from.run(),
                first == 0 ? from.number() : all.get(first - 1).number(),
                told <= 0 ? from.seq() : snapshots.get(told - 1).seq());
    }

    private static List<Entry> entriesBeyond(List<Entry> all, long number) {
        int first = all.size();
        while (first > 0 && all.get(first - 1).number() > number) first--;
        return all.subList(first, all.size());
    }

    private static List<Snapshot> snapshotsBeyond(List<Snapshot> all, long seq) {
        int first = all.size();
        while (first > 0 && all.get(first - 1).seq() > seq) first--;
        return all.subList(first, all.size());
    }
}
