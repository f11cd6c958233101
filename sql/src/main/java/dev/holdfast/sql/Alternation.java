package dev.holdfast.sql;

import java.util.HashSet;
import java.util.Set;

/**
 * In which queues the last run that this node took for a free slot had come back: the next one is a new one, if one waits.
 * Known to this process only; a queue that is forgotten begins anew.
 */
public final class Alternation {
    private static final int MOST = 10_000;

    private record Queue(String namespace, String name) {}

    private final Set<Queue> resumed = new HashSet<>();

    public boolean wasResumed(LaneKey lane) {
        return resumed.contains(queue(lane));
    }

    /** A run that was never started was taken. */
    public void gaveFresh(LaneKey lane) {
        resumed.remove(queue(lane));
    }

    /** A run that comes back was taken. */
    public void gaveResumed(LaneKey lane) {
        if (resumed.size() >= MOST) resumed.clear();
        resumed.add(queue(lane));
    }

    private static Queue queue(LaneKey lane) {
        return new Queue(lane.namespace(), lane.queue());
    }
}
