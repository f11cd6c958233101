package dev.holdfast.engine;

import dev.holdfast.core.RunId;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.Source;
import dev.holdfast.engine.port.StreamLog;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which chunks are voided by a rewind that comes later in the stream: there is no point in sending them to somebody who
 * has not seen them.
 *
 * <p>It looks at the rewinds once as far as the stream goes and again only when it is read beyond that, and forgets those
 * that were passed. It may miss a rewind that was written since; then the chunk is sent, and so is the rewind.
 */
final class Lookahead {
    private final StreamLog log;
    private final RunId run;
    private final Map<Source, Long> rewoundAt = new HashMap<>();
    private long head;
    private long looked;

    /**
     * @param head how far the stream went before now
     * @param from the rewinds up to here do not matter
     */
    Lookahead(StreamLog log, RunId run, long head, long from) {
        this.log = log;
        this.run = run;
        this.head = head;
        this.looked = from;
    }

    /**
     * Sees to it that all rewinds up to the end of these entries are known.
     *
     * @param all whether there were no others beyond them: then their own rewinds are all there are
     */
    void over(List<Entry> entries, boolean all) {
        long end = entries.getLast().number();
        if (end <= looked) return;
        boolean continues = entries.getFirst().number() <= looked + 1;
        var rewinds = all && continues ? entries : log.rewinds(run, looked);
        for (Entry entry : rewinds) {
            if (entry.item() instanceof Item.Rewind rewind) {
                for (Source source : rewind.drop()) rewoundAt.put(source, entry.number());
            }
        }
        looked = Math.max(end, head);
        if (!rewinds.isEmpty()) looked = Math.max(looked, rewinds.getLast().number());
    }

    /** Whether a later rewind takes this chunk away. */
    boolean voids(long number, Source source) {
        return rewoundAt.getOrDefault(source, 0L) > number;
    }

    /** The reader has passed this rewind. */
    void passed(long number, List<Source> drop) {
        for (Source source : drop) rewoundAt.remove(source, number);
    }
}
