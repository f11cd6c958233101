package dev.holdfast.engine;

import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.FrameData;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.Numbering;
import dev.holdfast.core.stream.Source;
import dev.holdfast.core.stream.StreamEnd;
import dev.holdfast.engine.port.Reads.Progress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The story of a run, told once from a position on: its stream and its snapshots, merged into frames. It does not wait;
 * {@link Watcher} does.
 *
 * <p><b>The promise.</b> Wherever a watcher was cut off, what it had received, folded, and then what it is sent from
 * there, is the text of the run. A chunk that a later rewind takes away is not sent any more; a rewind is sent only to
 * who may have seen what it takes away.
 *
 * <p><b>The end.</b> The change that finishes a run writes where its stream ends and what of it does not stand, because
 * whoever finished it may not have been able to write to the stream. So the end is: entries up to {@code last} (those
 * above it were written by somebody who had lost the run, and do not count), one more rewind if it names something that
 * this watcher may have, the snapshots that are left, done. The rewind at the end has no number of its own and is sent
 * again to who resumes there: it changes nothing the second time.
 *
 * <p><b>What is lost.</b> A log may lose its newest entries, and with them what this watcher was told of: then a later entry stands
 * behind an earlier one than he knows. Nobody can say what he has that is gone, so all is taken back and told again. So it is
 * if what is gone is a rewind because of which he was not told something. To whom was told less, what is missing is a gap.
 *
 * <p><b>Order of reading: row, entries, rewinds, snapshots.</b> Nothing is appended once a run is finished; so if the row
 * that was read first says finished, and then no entries are left, there will be none. Entries of an epoch are written
 * after the snapshot that began it; so snapshots read after the entries include it, and it is told before them, unless a run has
 * so many that it is none of the newest (those, and only those, are shown). That is a {@link Look}, which is shared by those who
 * watch the newest of a run ({@link Tail}).
 */
final class Story {
    private final Tail tail;
    private final Sight sight;
    private final RunId run;
    private Lookahead ahead;
    private Seen seen;
    private final Deque<Snapshot> untold = new ArrayDeque<>();
    /** The newest entry that has shown that some before it are lost; above all, the end. */
    private long toldLost;
    /** Before anything else. */
    private @Nullable Frame begin;

    private Cursor told;
    private boolean upToDate;
    private boolean over;

    private Story(Tail tail, Cursor from, long head) {
        this.tail = tail;
        this.sight = tail.sight();
        this.run = from.run();
        this.ahead = new Lookahead(head, from.number());
        this.seen = Seen.after(from.number());
        this.told = from;
    }

    /**
     * @param tail of this run
     * @param run as it was read
     * @param after the text of a cursor, null for the beginning
     * @throws Refused {@code cursor_unknown} if it is not a position that this run has reached, unless the log may have lost it;
     *     {@code run_unknown} if the run was deleted after its row was read
     */
    static Story from(Tail tail, Run run, @Nullable String after) {
        var from = after == null ? Cursor.start(run.id()) : Cursor.parse(run.id(), after);
        Sight sight = tail.sight();
        long head = tail.head();
        boolean isBeyond = from.number() > head;
        boolean isUnknown = from.seq() > run.fence().seq()
                || (!sight.loses() && (isBeyond || !from.trusted().isEmpty()));
        if (after != null && (isBeyond || isUnknown)) {
            boolean deleted = sight.reads().progress(run.id()).isEmpty();
            if (deleted) throw Sight.deleted(run.id());
            if (isUnknown) throw Cursor.unknown(run.id(), after);
        }
        var story = new Story(tail, from, head);
        if (isBeyond) story.begin = story.again(from.number(), head, run.fence().epoch());
        return story;
    }

    /** Whether all that was there at the last look was told: then there is more only after a hint. */
    boolean isUpToDate() {
        return upToDate;
    }

    /** Whether done was told. */
    boolean isOver() {
        return over;
    }

    /**
     * What there is to tell now, a few hundred frames at most; empty if there is nothing now, or it is over. If it
     * throws, nothing was told, and it may be asked again.
     *
     * @throws Refused {@code run_unknown} if the run was deleted
     */
    List<Frame> more() {
        while (!over) {
            long before = told.number();
            var frames = once();
            // Nothing to tell of some entries is not the end of them.
            if (!frames.isEmpty() || told.number() == before) return frames;
        }
        return List.of();
    }

    private List<Frame> once() {
        if (begin != null) {
            var first = List.of(begin);
            begin = null;
            return first;
        }
        Look look = look();
        StreamEnd end = look.end();
        ahead.over(look);
        untold.addAll(look.snapshots());
        upToDate = look.page().isLast() && end == null && untold.isEmpty();

        if (!look.entries().isEmpty()) return tell(look.entries(), end);
        return end == null ? tellSnapshots(look.row().seq()) : tellEnd(look.row(), end, look.last());
    }

    private Look look() {
        Snapshot waiting = untold.peekLast();
        var known = new Cursor(run, told.number(), waiting == null ? told.seq() : waiting.seq());
        long epoch = waiting == null ? -1 : waiting.epoch();
        return tail.beyond(known).orElseGet(() -> sight.look(known, new Sight.Known(epoch, ahead.looked())));
    }

    /** Whether it comes without something that this watcher was told of, or that was trusted. */
    private boolean showsLoss(Entry next) {
        return next.number() > toldLost && (next.behind() < told.number() || told.misses(next.number()));
    }

    /** Whether a rewind that comes takes this away: then it is not told. */
    private boolean isTakenAway(long number, Source source) {
        long rewind = ahead.rewinds(number, source);
        if (rewind == 0 || (sight.loses() && !told.canTrust(rewind))) return false;
        if (sight.loses()) told = told.trusting(rewind);
        return true;
    }

    private List<Frame> tell(List<Entry> entries, @Nullable StreamEnd end) {
        Set<Source> dropped = end == null ? Set.of() : Set.copyOf(end.drop());
        var frames = new ArrayList<Frame>(entries.size());
        for (Entry entry : entries) {
            if (showsLoss(entry)) {
                frames.add(again(entry));
                return frames;
            }
            for (Snapshot next = untold.peek(); next != null && next.epoch() <= entry.epoch(); next = untold.peek()) {
                frames.add(status(untold.remove()));
            }
            if (entry.behind() > told.number()) frames.add(gap(entry.behind(), entry.epoch()));
            told = told.after(entry.number());
            switch (entry.item()) {
                case Item.Chunk chunk -> {
                    Source source = chunk.source();
                    if (!dropped.contains(source) && !isTakenAway(entry.number(), source)) {
                        seen.add(source);
                        frames.add(new Frame("chunk", id(), entry.epoch(), source.toString(), chunk.data()));
                    }
                }
                case Item.Rewind rewind -> {
                    ahead.passed(entry.number(), rewind.drop());
                    rewind(rewind.drop(), entry.epoch(), frames);
                }
                case Item.Gap gap ->
                    frames.add(new Frame("gap", id(), entry.epoch(), null, FrameData.gap(gap.missing())));
            }
        }
        return frames;
    }

    /** Up to what the row says: a later one may be the end, before which entries may have come. */
    private List<Frame> tellSnapshots(long seq) {
        var frames = new ArrayList<Frame>();
        for (Snapshot next = untold.peek(); next != null && next.seq() <= seq; next = untold.peek()) {
            frames.add(status(untold.remove()));
        }
        return frames;
    }

    private List<Frame> tellEnd(Progress row, StreamEnd end, long last) {
        var newest = newest(row.seq());
        var drop = new LinkedHashSet<>(end.drop());
        boolean isTrustBroken = !told.trusted().isEmpty() && toldLost < Long.MAX_VALUE;
        if (isTrustBroken || !above(last, drop)) return List.of(again(Long.MAX_VALUE, last, newest.epoch()));

        var frames = new ArrayList<Frame>();
        if (end.last() != null && told.number() < last) {
            frames.add(gap(last, newest.epoch()));
        }
        rewind(List.copyOf(drop), newest.epoch(), frames);
        frames.addAll(tellSnapshots(newest.seq()));
        frames.add(new Frame("done", id(), newest.epoch(), null, SnapshotJson.encode(newest)));
        over = true;
        return frames;
    }

    private Snapshot newest(long seq) {
        Snapshot waiting = untold.peekLast();
        if (waiting != null) return waiting;
        return sight.newest(seq);
    }

    /**
     * Who sent what this watcher was told and what does not count: it came before the end, and is above it.
     *
     * @return whether all of it is there
     */
    private boolean above(long last, Set<Source> sources) {
        long number = last;
        while (number < told.number()) {
            var entries = sight.entries(number);
            if (entries.isEmpty()) return false;
            for (Entry entry : entries) {
                if (entry.number() <= told.number() && entry.item() instanceof Item.Chunk chunk) {
                    sources.add(chunk.source());
                }
            }
            number = entries.getLast().number();
        }
        return true;
    }

    /** Takes back all that this watcher was told of the stream, to tell it again. */
    private Frame again(Entry shown) {
        return again(shown.number(), shown.number(), shown.epoch());
    }

    private Frame again(long shown, long head, long epoch) {
        toldLost = shown;
        tail.forget(shown);
        upToDate = false;
        told = told.again();
        ahead = new Lookahead(head, 0);
        seen = Seen.after(0);
        return new Frame("rewind", id(), epoch, null, FrameData.REWIND_ALL);
    }

    private void rewind(List<Source> drop, long epoch, List<Frame> frames) {
        var concerned = seen.of(drop);
        if (!concerned.isEmpty()) frames.add(new Frame("rewind", id(), epoch, null, FrameData.rewind(concerned)));
    }

    private Frame gap(long number, long epoch) {
        long missing = Numbering.missing(told.number(), number);
        told = told.after(number);
        return new Frame("gap", id(), epoch, null, FrameData.gap(missing));
    }

    private Frame status(Snapshot snapshot) {
        told = told.after(snapshot);
        return new Frame("status", id(), snapshot.epoch(), null, SnapshotJson.encode(snapshot));
    }

    private String id() {
        return told.toString();
    }
}
