package dev.holdfast.postgres;

import dev.holdfast.core.RunId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many steps of a run are recorded, as far as this node knows without asking: only for runs that it holds, by epoch,
 * since nobody else records a step of those.
 */
final class StepCounts {
    private static final int KEPT = 10_000;

    private record Held(RunId run, long epoch) {}

    private final Map<Held, Integer> counts = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Held, Integer> eldest) {
            return size() > KEPT;
        }
    };

    synchronized @Nullable Integer get(RunId run, long epoch) {
        return counts.get(new Held(run, epoch));
    }

    synchronized void put(RunId run, long epoch, int count) {
        counts.put(new Held(run, epoch), count);
    }

    synchronized void forgetAll() {
        counts.clear();
    }
}
