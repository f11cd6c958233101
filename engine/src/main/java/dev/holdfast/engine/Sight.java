package dev.holdfast.engine;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.StreamEnd;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.Reads.Progress;
import dev.holdfast.engine.port.StreamLog;
import java.util.ArrayList;
import java.util.List;

/** One run, as whoever tells its story reads it. */
record Sight(Reads reads, StreamLog log, RunId run, Namespace namespace) {
    private static final int BATCH = 256;
    private static final StreamLog.Page NOTHING = new StreamLog.Page(List.of(), true);
    private static final StreamEnd UNSAID = new StreamEnd(null, List.of());

    static Sight of(Reads reads, StreamLog log, Run run) {
        return new Sight(reads, log, run.id(), run.origin().namespace());
    }

    /** Whether the log may lose its newest entries: one that knows no rows does. */
    boolean loses() {
        return log.fencing() == StreamLog.Fencing.BY_OPENING;
    }

    /**
     * What the reader knows beyond its position, and need not be read again.
     *
     * @param epoch of the newest snapshot that it has and has not told, -1 if there is none: then snapshots are read only of
     *     what came later, so that few wait to be told
     * @param rewinds up to which number it knows them
     */
    record Known(long epoch, long rewinds) {}

    /**
     * Looks at what is beyond a position.
     *
     * @throws Refused {@code run_unknown} if the run was deleted
     */
    Look look(Cursor from, Known known) {
        Progress row = reads.progress(run).orElseThrow(() -> deleted(run));
        StreamEnd end = row.isFinished() ? reads.end(run).orElse(UNSAID) : null;
        long last = Look.last(end);
        StreamLog.Page read = from.number() >= last ? NOTHING : log.read(run, from.number(), BATCH);
        var page = new StreamLog.Page(upTo(last, ascending(read.entries())), read.isLast());
        List<Entry> rewinds = upTo(last, rewinds(page, known.rewinds()));
        return new Look(from, row, end, page, rewinds, snapshots(from, known.epoch(), row, page.entries()));
    }

    /** What is above the end was written by somebody who had lost the run. */
    private static List<Entry> upTo(long last, List<Entry> entries) {
        return entries.stream().filter(entry -> entry.number() <= last).toList();
    }

    /** Where there are no entries beyond the page, its own rewinds are all there are. */
    private List<Entry> rewinds(StreamLog.Page page, long known) {
        List<Entry> entries = page.entries();
        if (entries.isEmpty() || entries.getLast().number() <= known) return List.of();
        boolean continues = entries.getFirst().behind() <= known;
        if (!page.isLast() || !continues) return ascending(log.rewinds(run, known));
        return entries.stream()
                .filter(entry -> entry.item() instanceof Item.Rewind)
                .toList();
    }

    /** Without what somebody who has lost the run got in behind a newer epoch: his numbers are lower. */
    private static List<Entry> ascending(List<Entry> entries) {
        var ascending = new ArrayList<Entry>(entries.size());
        for (Entry entry : entries) {
            if (ascending.isEmpty() || entry.number() > ascending.getLast().number()) ascending.add(entry);
        }
        return ascending;
    }

    private List<Snapshot> snapshots(Cursor from, long known, Progress row, List<Entry> entries) {
        if (from.seq() >= row.seq() && !isOfNewEpoch(entries, row.epoch())) return List.of();
        if (!entries.isEmpty() && known >= 0 && !isOfNewEpoch(entries, known)) return List.of();
        return reads.snapshots(namespace, run, from.seq())
                .orElseThrow(() -> deleted(run))
                .snapshots();
    }

    private static boolean isOfNewEpoch(List<Entry> entries, long known) {
        return !entries.isEmpty() && entries.getLast().epoch() > known;
    }

    /** Its snapshot with this seq, or a later one. */
    Snapshot newest(long seq) {
        return reads.snapshots(namespace, run, seq - 1)
                .orElseThrow(() -> deleted(run))
                .snapshots()
                .getLast();
    }

    List<Entry> entries(long after) {
        return ascending(log.read(run, after, BATCH).entries());
    }

    static Refused deleted(RunId run) {
        return new Refused("run_unknown", "run " + run + " is not there any more: it was deleted");
    }
}
