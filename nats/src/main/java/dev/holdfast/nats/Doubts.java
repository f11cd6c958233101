package dev.holdfast.nats;

import dev.holdfast.core.RunId;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.SequencedSet;

/**
 * The runs whose last append has no answer. Of those that were lost meanwhile nobody appends again, so the oldest are
 * forgotten: a node has fewer that are its own.
 */
final class Doubts {
    private static final int MOST = 20_000;

    private final SequencedSet<RunId> runs = new LinkedHashSet<>();

    synchronized void add(RunId run) {
        runs.remove(run);
        runs.add(run);
        if (runs.size() > MOST) runs.removeFirst();
    }

    synchronized void remove(RunId run) {
        runs.remove(run);
    }

    synchronized void remove(Collection<RunId> gone) {
        gone.forEach(runs::remove);
    }

    synchronized boolean has(RunId run) {
        return runs.contains(run);
    }
}
