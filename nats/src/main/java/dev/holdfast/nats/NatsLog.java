package dev.holdfast.nats;

import dev.holdfast.core.RunId;
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
        long from = after == 0 ? 1 : from(run, after, tail);
        var ascending = new Ascending(taker);
        if (after > 0 && tail.parcel().first() - after <= FEW) fetch(run, from, tail, ascending);
        else scan(run, new Reach(from, after), tail, what, ascending);
    }

    /**
     * Where a scan has come to.
     *
     * @param from the sequence that it reads next, or one behind that
     * @param number up to which everything was read
     */
    private record Reach(long from, long number) {
        /** Whether there should be a message before this one. */
        boolean misses(Found found) {
            return found.parcel().behind() > number && found.sequence() > from;
        }

        Reach beyond(Found found) {
            return new Reach(
                    found.sequence() + 1, Math.max(number, found.parcel().last()));
        }
    }

    /** From the leader, one after the other, up to this one. Whether the taker takes more. */
    private boolean fetch(RunId run, long from, Found tail, Taker taker) {
        long next = from;
        while (next < tail.sequence()) {
            Found found = Wire.await(wire.next(run, next));
            // Removed meanwhile.
            if (found == null || !taker.take(found)) return false;
            next = found.sequence() + 1;
        }
        return next != tail.sequence() || taker.take(tail);
    }

    private void scan(RunId run, Reach from, Found tail, Scan.What what, Taker taker) {
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

    /**
     * A server that was down leaves messages out, of those that it is just being told of: what should be there and was not read is
     * asked for at the leader, before it is taken for lost.
     */
    private void walk(RunId run, Reach begin, Found tail, Scan.What what, Taker taker) {
        Reach reach = begin;
        try (var scan = new Scan(wire, wire.subject(run), begin.from(), what)) {
            while (true) {
                Found found = scan.found();
                boolean more = reach.misses(found) ? fetch(run, reach.from(), found, taker) : taker.take(found);
                if (!more || found.sequence() >= tail.sequence()) return;
                reach = reach.beyond(found);
            }
        }
    }

    /** The sequence from which on there is everything behind this number. */
    private long from(RunId run, long after, Found tail) {
        var known = positions.of(run, after);
        if (known.isPresent() && isThere(run, known.get())) {
            var position = known.get();
            return position.last() > after ? position.sequence() : position.sequence() + 1;
        }
        long[] from = {1};
        scan(run, new Reach(1, 0), tail, Scan.What.HEADERS, found -> {
            from[0] = found.sequence();
            return found.parcel().last() <= after;
        });
        return from[0];
    }

    /** If JetStream has lost it, its sequence is another message's by now. */
    private boolean isThere(RunId run, Positions.Position position) {
        Found found = Wire.await(wire.next(run, position.sequence()));
        return found != null
                && found.sequence() == position.sequence()
                && found.parcel().last() == position.last()
                && found.parcel().epoch() == position.epoch();
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
