package dev.holdfast.engine;

import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.Source;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which chunks are voided by a rewind that comes later in the stream: there is no point in sending them to somebody who
 * has not seen them.
 *
 * <p>It knows the rewinds as far as the stream went when they were read, and forgets those that were passed. It may miss a
 * rewind that was written since; then the chunk is sent, and so is the rewind.
 */
final class Lookahead {
    private final Map<Source, Long> rewoundAt = new HashMap<>();
    private final long head;
    private long looked;

    /**
     * @param head how far the stream went before now
     * @param from the rewinds up to here do not matter
     */
    Lookahead(long head, long from) {
        this.head = head;
        this.looked = from;
    }

    /** Up to which number all rewinds are known. */
    long looked() {
        return looked;
    }

    /** Takes in the rewinds of a look that was taken with what is known here, or with less. */
    void over(Look look) {
        if (look.entries().isEmpty()) return;
        long end = look.entries().getLast().number();
        if (end <= looked) return;
        for (Entry entry : look.rewinds()) {
            if (entry.item() instanceof Item.Rewind rewind) {
                for (Source source : rewind.drop()) rewoundAt.put(source, entry.number());
            }
        }
        looked = Math.max(end, head);
        if (!look.rewinds().isEmpty())
            looked = Math.max(looked, look.rewinds().getLast().number());
    }

    /** The later rewind that takes this chunk away; 0 if none does. */
    long rewinds(long number, Source source) {
        long rewind = rewoundAt.getOrDefault(source, 0L);
        return rewind > number ? rewind : 0;
    }

    /** The reader has passed this rewind. */
    void passed(long number, List<Source> drop) {
        for (Source source : drop) rewoundAt.remove(source, number);
    }
}
