package dev.holdfast.core.stream;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a watcher shows: the items of a stream, applied in order.
 *
 * <p>A chunk is put at the end. A rewind removes every chunk <em>before it</em> whose source it names: a source may send
 * again afterwards (the same try of a step, in a later epoch), and that stands. A gap is remembered.
 *
 * <p>Each chunk is put in once and taken out at most once, so the cost of a fold grows with the number of items, however
 * many rewinds there are. Not safe for several threads.
 */
public final class Fold {
    private final Map<Long, Item.Chunk> byArrival = new LinkedHashMap<>();
    private final Map<Source, List<Long>> bySource = new LinkedHashMap<>();
    private long arrived;
    private long missing;

    /** The fold of these entries. */
    public static Fold of(Iterable<Entry> entries) {
        var fold = new Fold();
        for (Entry entry : entries) fold.apply(entry.item());
        return fold;
    }

    public void apply(Item item) {
        switch (item) {
            case Item.Chunk chunk -> {
                long number = ++arrived;
                byArrival.put(number, chunk);
                bySource.computeIfAbsent(chunk.source(), source -> new ArrayList<>())
                        .add(number);
            }
            case Item.Rewind rewind -> {
                for (Source source : rewind.drop()) {
                    var numbers = bySource.remove(source);
                    if (numbers != null) numbers.forEach(byArrival::remove);
                }
            }
            case Item.Gap gap -> missing += gap.missing();
        }
    }

    /** What is there, in order: of a string its content, of anything else compact JSON and a newline. */
    public String text() {
        var text = new StringBuilder();
        for (Item.Chunk chunk : byArrival.values()) text.append(JsonText.shown(chunk.data()));
        return text.toString();
    }

    /** What is there, in order. */
    public List<Item.Chunk> chunks() {
        return List.copyOf(byArrival.values());
    }

    /** How many chunks are there. */
    public int size() {
        return byArrival.size();
    }

    /** Whose chunks are there, in the order of their first one. */
    public List<Source> sources() {
        return List.copyOf(bySource.keySet());
    }

    /** How many entries are said to be missing, 0 if the text is whole. */
    public long missing() {
        return missing;
    }
}
