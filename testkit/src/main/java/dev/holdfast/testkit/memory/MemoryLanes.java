package dev.holdfast.testkit.memory;

import dev.holdfast.core.Lane;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.Line;
import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.engine.port.Rate;
import dev.holdfast.testkit.memory.MemoryDisk.LaneKey;
import dev.holdfast.testkit.memory.MemoryDisk.QueueKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is around the runs on a disk: counted anew whenever it is asked, from the runs themselves. */
final class MemoryLanes {
    private final MemoryDisk disk;
    private final Guards guards;

    MemoryLanes(MemoryDisk disk, Guards guards) {
        this.disk = disk;
        this.guards = guards;
    }

    /** What is around a run among those that wait in its lane. */
    Line line(Stored stored, Collection<Stored> waiting, Instant now) {
        Run run = stored.run;
        var key = LaneKey.of(run);
        var slot = guards.executesUnderParent(stored.under) ? Run.Slot.PARENTS : Run.Slot.OWN;
        return new Line(
                door(key),
                slot,
                queue(key.queue()),
                lane(key),
                pace(key.queue()),
                before(stored, waiting, now),
                guards.isCancelled(stored));
    }

    /** When a run begins that is claimed now: in a serial lane later than all before it. */
    Instant begins(Run run, Instant now) {
        var key = LaneKey.of(run);
        Lane lane = key.lane();
        if (lane == null || !lane.isSerial() || run.wasStarted()) return now;
        return disk.runs.values().stream()
                .filter(s -> LaneKey.of(s.run).equals(key))
                .flatMap(s -> Stream.ofNullable(s.run.times().started()))
                .max(Comparator.naturalOrder())
                .filter(before -> !before.isBefore(now))
                .map(guards::after)
                .orElse(now);
    }

    private Line.Door door(LaneKey key) {
        if (!guards.minds(key)) return Line.Door.OPEN;
        if (disk.pausedQueues.contains(key.queue())) return Line.Door.QUEUE_PAUSED;
        Lane lane = key.lane();
        boolean paused = lane != null && disk.pausedLanes.contains(new MemoryDisk.LaneName(key.queue(), lane.name()));
        return paused ? Line.Door.LANE_PAUSED : Line.Door.OPEN;
    }

    private QueueSettings settings(QueueKey key) {
        return disk.settings.getOrDefault(key, QueueSettings.NONE);
    }

    private Line.@Nullable Full queue(QueueKey key) {
        Integer limit = settings(key).concurrency();
        if (limit == null) return null;
        long executing = disk.runs.values().stream()
                .filter(s -> QueueKey.of(s.run).equals(key) && guards.executes(s.run))
                .count();
        return executing >= guards.limit(limit) ? new Line.Full(limit, null) : null;
    }

    private Line.@Nullable Pace pace(QueueKey key) {
        Rate rate = settings(key).rate();
        return rate == null ? null : new Line.Pace(rate, opens(key, rate));
    }

    /** When a queue with this rate gives another run; null if at once, as far as the rate goes. */
    @Nullable
    Instant opens(QueueKey key, Rate rate) {
        var claims = disk.claims.getOrDefault(key, List.of());
        int decides = claims.size() - guards.rate(rate.count());
        return decides < 0 ? null : rate.after(claims.get(decides));
    }

    /** A run of it was claimed: what is older than its rate can see is forgotten. */
    void count(QueueKey key, Rate rate, Instant now) {
        var claims = disk.claims.computeIfAbsent(key, k -> new ArrayList<>());
        claims.add(now);
        while (claims.size() > rate.count()) claims.removeFirst();
    }

    private Line.@Nullable Full lane(LaneKey key) {
        Lane lane = key.lane();
        if (lane == null) return null;
        Integer limit = lane.isSerial() ? (Integer) 1 : settings(key.queue()).laneConcurrency();
        if (limit == null) return null;
        // Children that outlive their parent keep its slot among them.
        long taken = count(key, guards::hasSlot) + Math.min(1, count(key, s -> s.under && isThere(s.run)));
        if (taken < guards.limit(limit)) return null;
        return new Line.Full(
                limit,
                holder(key, guards::hasSlot)
                        .or(() -> holder(key, s -> s.under && isThere(s.run)))
                        .orElse(null));
    }

    long taken(LaneKey key) {
        return count(key, guards::hasSlot);
    }

    private long count(LaneKey key, Predicate<Stored> which) {
        return disk.runs.values().stream()
                .filter(s -> LaneKey.of(s.run).equals(key) && which.test(s))
                .count();
    }

    private Optional<RunId> holder(LaneKey key, Predicate<Stored> which) {
        return disk.runs.values().stream()
                .filter(s -> LaneKey.of(s.run).equals(key) && which.test(s))
                .map(s -> s.run.id())
                .findFirst();
    }

    private static boolean isThere(Run run) {
        return !run.isFinished() || run.place().lingers() != null;
    }

    /** The first in a serial lane that waits for its slot: nothing overtakes it, whatever it waits for besides. */
    private @Nullable RunId before(Stored stored, Collection<Stored> waiting, Instant now) {
        Lane lane = stored.run.place().lane();
        if (lane == null || !lane.isSerial() || !guards.keepsTheOrder()) return null;
        for (Stored other : waiting) {
            if (other == stored) return null;
            boolean overdue = other.run.times().deadlines().due(now).isPresent();
            if (!overdue && other.run.place().slotOf() == null && !other.under) return other.run.id();
        }
        return null;
    }
}
