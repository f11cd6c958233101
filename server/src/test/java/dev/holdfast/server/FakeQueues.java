package dev.holdfast.server;

import dev.holdfast.core.Lane;
import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.LaneView;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.engine.port.QueueView;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Queues that remember what was asked of them. */
final class FakeQueues {
    private final Map<String, QueueView> all = new ConcurrentSkipListMap<>();
    /** What was asked. */
    final List<String> asked = new CopyOnWriteArrayList<>();

    List<QueueView> all() {
        return List.copyOf(all.values());
    }

    List<LaneView> lanes(@Nullable Lane after, int limit) {
        return Stream.of(Lane.concurrent("a:b"), Lane.serial("a:b"), Lane.serial("c"))
                .filter(lane -> after == null || LaneView.ORDER.compare(lane, after) > 0)
                .limit(limit)
                .map(lane -> new LaneView(lane, false, 1, 2))
                .toList();
    }

    void change(String queue, QueueChange.What what, @Nullable String requestId) {
        asked.add(queue + " " + what + " " + requestId);
        if (!(what instanceof QueueChange.OfQueue change)) return;
        if (change.concurrency() != null
                && change.concurrency().limit() != null
                && change.concurrency().limit() < 1) {
            throw new Refused("limit_invalid", "a limit is at least 1");
        }
        QueueView old = queue(queue);
        boolean paused = change.isPaused() == null ? old.isPaused() : change.isPaused();
        all.put(queue, new QueueView(queue, paused, change.over(old.settings()), 3, 4, 5, 6));
    }

    private QueueView queue(String name) {
        return all.getOrDefault(name, new QueueView(name, false, QueueSettings.NONE, 0, 0, 0, 0));
    }
}
