package dev.holdfast.testkit.memory;

import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Item;
import dev.holdfast.engine.port.Appended;
import dev.holdfast.engine.port.Fault;
import dev.holdfast.engine.port.StreamLog;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

final class MemoryStream implements StreamLog {
    private static final int MEGABYTE = 1_000_000;

    private final MemoryDisk disk;
    private final Guards guards;
    private boolean closed;

    MemoryStream(MemoryDisk disk, Guards guards) {
        this.disk = disk;
        this.guards = guards;
    }

    @Override
    public Fencing fencing() {
        return disk.fencing;
    }

    @Override
    public List<Appended> append(List<Append> appends) {
        return at(() -> {
            if (closed) {
                throw Unavailable.notApplied(
                        "closing", "the stream log is closed and takes nothing any more: nothing was changed", null);
            }
            return appends.stream().map(this::append).toList();
        });
    }

    private Appended append(Append append) {
        Refused fault = Fault.of(append).orElse(null);
        if (fault != null) return new Appended.Rejected(fault);
        return switch (disk.fencing) {
            case BY_ROW -> byRow(append);
            case BY_OPENING -> byOpening(append);
        };
    }

    private Appended byRow(Append append) {
        Stored stored = disk.runs.get(append.run());
        if (stored == null || !guards.holds(stored.run, append.by())) return new Appended.Lost();
        return at(append, newest(append.run()) + 1, append.items());
    }

    private Appended byOpening(Append append) {
        var place = append.place();
        List<Entry> entries = entries(append.run());
        long epoch = entries.isEmpty() ? 0 : entries.getLast().epoch();
        if (guards.isOpened(epoch, append.by())) return new Appended.Lost();
        if (epoch == append.by().epoch()) {
            // What was stored without an answer is there.
            int done = (int) Math.max(0, newest(append.run()) - place.last());
            return at(
                    append,
                    place.last() + done + 1,
                    append.items().subList(done, append.items().size()));
        }
        if (!place.isOpening() || newest(append.run()) > place.opened()) return new Appended.Moved();
        return at(append, place.first(), append.items());
    }

    private Appended at(Append append, long first, List<Item> items) {
        List<Entry> entries = disk.stream(append.run());
        long number = first;
        for (Item item : items) {
            boolean opens = number == append.place().first();
            long behind = opens ? append.place().opened() : number - 1;
            entries.add(new Entry(number++, behind, append.by().epoch(), item));
        }
        return new Appended.At(number - 1);
    }

    private long newest(RunId run) {
        List<Entry> entries = entries(run);
        return entries.isEmpty() ? 0 : entries.getLast().number();
    }

    @Override
    public Page read(RunId run, long after, int max) {
        return at(() -> {
            var found = new ArrayList<Entry>();
            long characters = 0;
            for (Entry entry : entries(run)) {
                if (entry.number() <= after) continue;
                if (found.size() >= max || characters >= MEGABYTE) return new Page(found, false);
                found.add(entry);
                if (entry.item() instanceof Item.Chunk chunk)
                    characters += chunk.data().length();
            }
            return new Page(found, true);
        });
    }

    @Override
    public List<Entry> rewinds(RunId run, long after) {
        return at(() ->
                after(run, after).filter(e -> e.item() instanceof Item.Rewind).toList());
    }

    @Override
    public Map<RunId, List<Entry>> outlines(Collection<RunId> runs) {
        return at(() -> {
            var all = new HashMap<RunId, List<Entry>>();
            for (RunId run : runs)
                all.put(run, after(run, 0).map(Entry::withoutData).toList());
            return all;
        });
    }

    private Stream<Entry> after(RunId run, long number) {
        return entries(run).stream().filter(e -> e.number() > number);
    }

    @Override
    public long head(RunId run) {
        return at(() -> newest(run));
    }

    private List<Entry> entries(RunId run) {
        return disk.streams.getOrDefault(run, List.of());
    }

    @Override
    public void remove(Collection<RunId> runs) {
        at(() -> disk.streams.keySet().removeAll(runs));
    }

    @Override
    public void close() {
        at(() -> closed = true);
    }

    private <T> T at(Supplier<T> action) {
        disk.lock.lock();
        try {
            return action.get();
        } finally {
            disk.lock.unlock();
        }
    }
}
