package dev.holdfast.engine;

import dev.holdfast.core.stream.Source;
import java.util.BitSet;
import java.util.List;

/**
 * Whose chunks a watcher may have: who must be told of a rewind. It errs on one side only, that of telling: a rewind of
 * something that is not there changes nothing.
 *
 * <p>A bit per key and not a set of sources, because there are thousands of watchers, and up to ten thousand keys.
 */
final class Seen {
    /** What a watcher that resumed received before is not known: it may have anything. */
    private final boolean anything;

    private final BitSet steps = new BitSet();
    private final BitSet between = new BitSet();

    private Seen(boolean anything) {
        this.anything = anything;
    }

    /** Of a watcher that has received this many entries. */
    static Seen after(long number) {
        return new Seen(number > 0);
    }

    void add(Source source) {
        bits(source).set(source.key().number());
    }

    /** Which of these it may have. */
    List<Source> of(List<Source> sources) {
        return anything
                ? sources
                : sources.stream()
                        .filter(source -> bits(source).get(source.key().number()))
                        .toList();
    }

    private BitSet bits(Source source) {
        return source.isBetweenSteps() ? between : steps;
    }
}
