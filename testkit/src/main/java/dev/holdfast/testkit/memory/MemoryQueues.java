package dev.holdfast.testkit.memory;

import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunState;
import dev.holdfast.engine.port.LaneView;
import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.engine.port.QueueView;
import dev.holdfast.testkit.memory.MemoryDisk.LaneKey;
import dev.holdfast.testkit.memory.MemoryDisk.LaneName;
import dev.holdfast.testkit.memory.MemoryDisk.QueueKey;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Lists queues and lanes. */
final class MemoryQueues {
    private final MemoryDisk disk;
    private final Guards guards;

    MemoryQueues(MemoryDisk disk, Guards guards) {
        this.disk = disk;
        this.guards = guards;
    }

    private static boolean isThere(Run run) {
        return !run.isFinished() || run.place().lingers() != null;
    }

    private List<Stored> there(QueueKey queue) {
        return disk.runs.values().stream()
                .filter(s -> isThere(s.run) && QueueKey.of(s.run).equals(queue))
                .toList();
    }

    List<QueueView> queues(Namespace namespace) {
        var names = new TreeSet<String>();
        disk.runs.values().stream()
                .filter(s -> isThere(s.run) && s.run.origin().namespace().equals(namespace))
                .filter(s -> !s.run.isGivenUp() || s.run.place().slotOf() != null)
                .forEach(s -> names.add(s.run.place().queue()));
        for (var keys : List.of(disk.settings.keySet(), disk.pausedQueues)) {
            for (QueueKey key : keys) if (key.namespace().equals(namespace)) names.add(key.queue());
        }
        return names.stream().map(name -> view(new QueueKey(namespace, name))).toList();
    }

    private QueueView view(QueueKey key) {
        var runs = there(key);
        return new QueueView(
                key.queue(),
                disk.pausedQueues.contains(key),
                disk.settings.getOrDefault(key, QueueSettings.NONE),
                runs.stream().filter(s -> s.claimable).count(),
                runs.stream()
                        .filter(s -> !s.claimable && s.run.state() == RunState.QUEUED)
                        .count(),
                runs.stream().filter(s -> guards.executes(s.run)).count(),
                busy(runs).size());
    }

    /** The lanes that have something to do. */
    private static NavigableSet<Lane> busy(List<Stored> runs) {
        var lanes = new TreeSet<Lane>(LaneView.ORDER);
        for (Stored stored : runs) {
            Lane lane = stored.run.place().lane();
            boolean busy =
                    stored.claimable || stored.under || stored.run.place().slotOf() != null;
            if (lane != null && busy) lanes.add(lane);
        }
        return lanes;
    }

    List<LaneView> lanes(QueueKey queue, @Nullable Lane after, int limit) {
        var runs = there(queue);
        var lanes = busy(runs);
        for (LaneName paused : disk.pausedLanes) {
            boolean listed = lanes.stream().anyMatch(l -> l.name().equals(paused.lane()));
            if (paused.queue().equals(queue) && !listed) lanes.add(new Lane(paused.lane(), Lane.Kind.CONCURRENT));
        }
        var views = new ArrayList<LaneView>();
        for (Lane lane : after == null ? lanes : lanes.tailSet(after, false)) {
            if (views.size() == limit) break;
            views.add(new LaneView(
                    lane,
                    disk.pausedLanes.contains(new LaneName(queue, lane.name())),
                    new MemoryLanes(disk, guards).taken(new LaneKey(queue, lane)),
                    runs.stream()
                            .filter(s ->
                                    s.claimable && lane.equals(s.run.place().lane()))
                            .count()));
        }
        return views;
    }
}
