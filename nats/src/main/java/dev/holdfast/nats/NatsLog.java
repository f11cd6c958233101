package dev.holdfast.nats;

import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Item;
import dev.holdfast.engine.port.Appended;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.nats.Wire.Found;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Streams on JetStream. Appending is {@link Appends}; everything else reads. */
final class NatsLog implements StreamLog {
    private static final int MEGABYTE = 1_000_000;
    /** As many entries are at most as many messages: they are fetched one by one, each a round trip. */
    private static final int FEW = 8;

    /** Who is far behind has two megabytes in hand, and as many may be as want to watch: so many read at a time. */
    private static final int AT_ONCE = 16;

    private final Semaphore reading = new Semaphore(AT_ONCE);
    private final Wire wire;
    private final Positions positions;
    private final Appends appends;
    private final Leftovers leftovers;

    NatsLog(Wire wire, Positions positions, Appends appends, Leftovers leftovers) {
        this.wire = wire;
        this.positions = positions;
        this.appends = appends;
        this.leftovers = leftovers;
    }

    @Override
    public Fencing fencing() {
        return Fencing.BY_OPENING;
    }

    @Override
    public List<Appended> append(List<Append> all) {
        return appends.perform(all);
    }

    @Override
    public Page read(RunId run, long after, int max) {
        return wire.undisturbed("read " + run, () -> page(run, after, max));
    }

    private Page page(RunId run, long after, int max) {
        Found tail = Wire.await(wire.last(run));
        if (tail == null || tail.parcel().last() <= after) return new Page(List.of(), true);
        var page = new Filling(run, after, max);
        each(run, after, tail, Scan.What.ALL, page);
        return page.page(tail.parcel().last());
    }

    /** Is given messages in order. */
    private interface Taker {
        /** Whether it takes more. */
        boolean take(Found message);
    }

    /** What becomes a page. */
    private final class Filling implements Taker {
        private final RunId run;
        private final long after;
        private final int max;
        private final List<Entry> entries = new ArrayList<>();
        private long characters;

        Filling(RunId run, long after, int max) {
            this.run = run;
            this.after = after;
            this.max = max;
        }

        @Override
        public boolean take(Found message) {
            for (Entry entry : message.parcel().entries()) {
                if (entry.number() <= after) continue;
                if (isFull()) break;
                entries.add(entry);
                if (entry.item() instanceof Item.Chunk chunk)
                    characters += chunk.data().length();
            }
            // Here the next page goes on, be it in the middle of the message.
            if (!entries.isEmpty()) know(run, entries.getLast().number(), message);
            return !isFull();
        }

        private boolean isFull() {
            return entries.size() >= max || characters >= MEGABYTE;
        }

        Page page(long tail) {
            return new Page(entries, !entries.isEmpty() && entries.getLast().number() >= tail);
        }
    }

    /**
     * Leaves out what somebody who has lost the run got in behind a newer epoch, when a sequence that JetStream had lost was used
     * again: his numbers are lower.
     */
    private static final class Ascending implements Taker {
        private final Taker taker;
        private long highest;

        Ascending(Taker taker) {
            this.taker = taker;
        }

        @Override
        public boolean take(Found message) {
            if (message.parcel().last() <= highest) return true;
            highest = message.parcel().last();
            return taker.take(message);
        }
    }

    /**
     * Takes messages if the first of them goes on behind a number: if it does not, JetStream has lost the entry with that number, and
     * its sequence is another message's by now.
     */
    private static final class Following implements Taker {
        private final long after;
        private final Taker taker;
        boolean follows;

        Following(long after, Taker taker) {
            this.after = after;
            this.taker = taker;
        }

        @Override
        public boolean take(Found message) {
            follows |= message.parcel().goesOnBehind(after);
            return follows && taker.take(message);
        }
    }

    private void know(RunId run, long number, Found message) {
        positions.put(run, number, Positions.Position.of(message));
    }

    /**
     * The messages with entries behind this number, up to the newest.
     *
     * @param tail the newest
     */
    private void each(RunId run, long after, Found tail, Scan.What what, Taker taker) {
        if (tail.parcel().behind() <= after) {
            taker.take(tail);
            return;
        }
        var ascending = new Ascending(taker);
        if (after == 0) {
            scan(run, 1, tail, what, ascending);
            return;
        }
        var following = new Following(after, ascending);
        long known = known(run, after);
        if (known > 0 && known <= tail.sequence()) take(run, new Span(after, known, tail), what, following);
        if (!following.follows) take(run, new Span(after, search(run, after, tail), tail), what, ascending);
    }

    /** The messages from this sequence on, up to the newest: those with entries behind a number. */
    private record Span(long after, long from, Found tail) {}

    private void take(RunId run, Span span, Scan.What what, Taker taker) {
        Found tail = span.tail();
        if (tail.parcel().first() - span.after() <= FEW) fetch(run, span.from(), tail, taker);
        else scan(run, span.from(), tail, what, taker);
    }

    private void fetch(RunId run, long from, Found tail, Taker taker) {
        long next = from;
        while (next < tail.sequence()) {
            Found found = Wire.await(wire.next(run, next));
            // Less than there is would be taken for the end of a run that has ended.
            if (found == null) throw gone(run);
            if (!taker.take(found)) return;
            next = found.sequence() + 1;
        }
        if (next == tail.sequence()) taker.take(tail);
    }

    private static Unavailable gone(RunId run) {
        return Unavailable.notApplied(
                "nats_away",
                "what was to be read of the stream of " + run
                        + " was removed meanwhile, or NATS has lost it: read it again",
                null);
    }

    private void scan(RunId run, long from, Found tail, Scan.What what, Taker taker) {
        if (what == Scan.What.HEADERS) {
            walk(run, from, tail, what, taker);
            return;
        }
        reading.acquireUninterruptibly();
        try {
            walk(run, from, tail, what, taker);
        } finally {
            reading.release();
        }
    }

    private void walk(RunId run, long from, Found tail, Scan.What what, Taker taker) {
        try (var scan = new Scan(wire, wire.subject(run), from, what)) {
            while (true) {
                Found found = scan.found();
                if (!taker.take(found) || found.sequence() >= tail.sequence()) return;
            }
        }
    }

    /** The sequence from which on there was everything behind this number when it was met; 0 if it was not. */
    private long known(RunId run, long after) {
        return positions
                .of(run, after)
                .map(position -> position.last() > after ? position.sequence() : (Long) (position.sequence() + 1))
                .orElse(0L);
    }

    /** The sequence from which on there is everything behind this number. */
    private long search(RunId run, long after, Found tail) {
        long[] from = {1};
        scan(run, 1, tail, Scan.What.HEADERS, found -> {
            from[0] = found.sequence();
            return found.parcel().last() <= after;
        });
        return from[0];
    }

    @Override
    public List<Entry> rewinds(RunId run, long after) {
        return wire.undisturbed("rewinds of " + run, () -> {
            Found tail = Wire.await(wire.last(run));
            if (tail == null || tail.parcel().last() <= after) return List.<Entry>of();
            var all = new ArrayList<Entry>();
            each(run, after, tail, Scan.What.HEADERS, found -> {
                for (Entry entry : found.parcel().entries()) {
                    if (entry.number() > after && entry.item() instanceof Item.Rewind) all.add(entry);
                }
                return true;
            });
            return all;
        });
    }

    @Override
    public Map<RunId, List<Entry>> outlines(Collection<RunId> runs) {
        return wire.undisturbed("outlines", () -> {
            var tails = new LinkedHashMap<RunId, CompletableFuture<@Nullable Found>>();
            for (RunId run : runs) tails.put(run, wire.last(run));
            var outlines = new HashMap<RunId, List<Entry>>();
            tails.forEach((run, answer) -> {
                Found tail = Wire.await(answer);
                if (tail != null) outlines.put(run, outline(run, tail));
            });
            return outlines;
        });
    }

    private List<Entry> outline(RunId run, Found tail) {
        var all = new ArrayList<Entry>();
        each(run, 0, tail, Scan.What.HEADERS, found -> {
            for (Entry entry : found.parcel().entries()) all.add(entry.withoutData());
            return true;
        });
        // Behind this, and nothing else, whoever has looked appends.
        know(run, tail.parcel().last(), tail);
        return all;
    }

    @Override
    public long head(RunId run) {
        return wire.undisturbed("head of " + run, () -> {
            Found tail = Wire.await(wire.last(run));
            return tail == null ? 0L : (Long) tail.parcel().last();
        });
    }

    @Override
    public void remove(Collection<RunId> runs) {
        appends.forget(runs);
        leftovers.remove(runs);
    }

    @Override
    public void close() {
        leftovers.close();
    }
}
