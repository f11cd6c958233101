package dev.holdfast.sql;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * In which queues the last run that this node took for a free slot had come back: the next one is a new one, if one waits.
 * Known to this process only; a queue that is forgotten begins anew.
 */
public final class Alternation {
    private static final int MOST = 10_000;

    private record Queue(String namespace, String name) {}

    private final Set<Queue> resumed = new HashSet<>();

    /**
     * Which of two is taken for a free slot of a lane; null if there is none.
     *
     * @param fresh the first of those that were never started
     * @param back the first of those that come back
     */
    public <T extends Comparable<T>> @Nullable T next(LaneKey lane, @Nullable T fresh, @Nullable T back) {
        boolean comesFirst =
                back != null && fresh != null && back.compareTo(fresh) < 0 && !resumed.contains(queue(lane));
        if (fresh != null && !comesFirst) {
            resumed.remove(queue(lane));
            return fresh;
        }
        if (back == null) return null;
        if (resumed.size() >= MOST) resumed.clear();
        resumed.add(queue(lane));
        return back;
    }

    private static Queue queue(LaneKey lane) {
        return new Queue(lane.namespace(), lane.queue());
    }
}
