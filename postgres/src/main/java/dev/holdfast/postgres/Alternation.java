package dev.holdfast.postgres;

import dev.holdfast.sql.LaneKey;
import java.util.HashSet;
import java.util.Set;

/**
 * In which queues the last run that this node took for a free slot had come back: the next one is a new one, if one waits.
 * Known to this process only; a queue that is forgotten begins anew.
 */
final class Alternation {
    private static final int MOST = 10_000;

    private record Queue(String namespace, String name) {}

    private final Set<Queue> resumed = new HashSet<>();

    boolean wasResumed(LaneKey lane) {
        return resumed.contains(new Queue(lane.namespace(), lane.queue()));
    }

    void gave(LaneKey lane, boolean comesBack) {
        var queue = new Queue(lane.namespace(), lane.queue());
        if (!comesBack) {
            resumed.remove(queue);
            return;
        }
        if (resumed.size() >= MOST) resumed.clear();
        resumed.add(queue);
    }
}
