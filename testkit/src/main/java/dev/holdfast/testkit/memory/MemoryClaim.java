package dev.holdfast.testkit.memory;

import dev.holdfast.core.Command;
import dev.holdfast.core.Decision;
import dev.holdfast.core.Rules;
import dev.holdfast.core.Run;
import dev.holdfast.core.Snapshot;
import dev.holdfast.engine.Line;
import dev.holdfast.engine.Obstacle;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.Write.Payload;
import dev.holdfast.testkit.memory.MemoryDisk.LaneKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Gives runs: lane after lane, one run in a turn, and anew from the first lane until there is nothing to give. */
final class MemoryClaim {
    private final MemoryDisk disk;
    private final Guards guards;
    private final Claim claim;
    private final Ids ids;
    private final Instant now;
    private final MemoryLanes lanes;
    private final List<Claimed> given = new ArrayList<>();

    MemoryClaim(MemoryDisk disk, Guards guards, Claim claim, Ids ids, Instant now) {
        this.disk = disk;
        this.guards = guards;
        this.claim = claim;
        this.ids = ids;
        this.now = now;
        this.lanes = new MemoryLanes(disk, guards);
    }

    List<Claimed> carryOut() {
        if (!guards.mayHold(disk, claim.holder())) return given;
        int wanted = Math.min(claim.max(), claim.admission().slots());
        int most = (int) Math.min(wanted, guards.share(claim, disk.queue.size()));
        var waiting = new LinkedHashMap<LaneKey, List<Stored>>();
        for (MemoryDisk.Waiting each : disk.queue) {
            Stored stored = disk.runs.get(each.id());
            if (stored == null) throw new IllegalStateException(each.id() + " is queued and not there");
            waiting.computeIfAbsent(LaneKey.of(stored.run), k -> new ArrayList<>())
                    .add(stored);
        }
        var order = new ArrayList<>(waiting.keySet());
        order.sort(Comparator.comparingLong(key -> disk.served.getOrDefault(key, 0L)));
        Stored suspect = firstSuspect(waiting);
        if (suspect != null && most > 0) {
            give(suspect, line(suspect, waiting));
            return given;
        }
        boolean more = true;
        while (more) {
            more = false;
            for (LaneKey lane : order) {
                if (given.size() >= most) return given;
                more |= turn(lane, waiting);
            }
        }
        return given;
    }

    /** A suspect comes alone, if it is the first of all. */
    private @Nullable Stored firstSuspect(Map<LaneKey, List<Stored>> waiting) {
        boolean any = waiting.values().stream().flatMap(List::stream).anyMatch(s -> s.run.isSuspect());
        if (!any) return null;
        for (MemoryDisk.Waiting each : disk.queue) {
            Stored stored = disk.runs.get(each.id());
            if (stored == null || obstacle(stored, line(stored, waiting)).isPresent()) continue;
            return stored.run.isSuspect() ? stored : null;
        }
        return null;
    }

    private boolean turn(LaneKey lane, Map<LaneKey, List<Stored>> waiting) {
        List<Stored> runs = waiting.getOrDefault(lane, List.of());
        Stored fresh = null;
        Stored resumed = null;
        Line around = null;
        boolean anyBeyond = runs.stream().anyMatch(MemoryClaim::needsNoSlot);
        boolean anyResumed = runs.stream().anyMatch(s -> s.run.wasStarted());
        for (Stored stored : runs) {
            if (stored.run.isSuspect()) continue;
            if (around == null || lane.lane() != null) around = lanes.line(stored, runs, now);
            var obstacle = obstacle(stored, around).orElse(null);
            if (obstacle instanceof Obstacle.QueuePaused
                    || obstacle instanceof Obstacle.LanePaused
                    || obstacle instanceof Obstacle.QueueFull
                    || obstacle instanceof Obstacle.RateLimited) return false;
            boolean waits = obstacle instanceof Obstacle.LaneFull || obstacle instanceof Obstacle.NotFirst;
            if (waits && !anyBeyond) break;
            if (obstacle != null) continue;
            if (needsNoSlot(stored)) return take(lane, runs, stored, around);
            if (stored.run.wasStarted()) resumed = resumed == null ? stored : resumed;
            else fresh = fresh == null ? stored : fresh;
            if (fresh != null && (resumed != null || !anyResumed)) break;
        }
        var queue = lane.queue();
        boolean wants = fresh == null
                || (resumed != null
                        && order(resumed, fresh) < 0
                        && !(guards.alternates() && disk.lastResumed.contains(queue)));
        Stored next = wants ? resumed : fresh;
        if (next == null) return false;
        if (next == resumed) disk.lastResumed.add(queue);
        else disk.lastResumed.remove(queue);
        return take(lane, runs, next, lanes.line(next, runs, now));
    }

    private static boolean needsNoSlot(Stored stored) {
        return stored.run.place().lane() != null && (stored.run.place().slotOf() != null || stored.under);
    }

    private static int order(Stored one, Stored other) {
        return MemoryDisk.waiting(one.run).compareTo(MemoryDisk.waiting(other.run));
    }

    private boolean take(LaneKey lane, List<Stored> runs, Stored stored, Line around) {
        runs.remove(stored);
        if (guards.servesInTurn()) disk.served.put(lane, ++disk.turns);
        give(stored, around);
        return true;
    }

    private Line line(Stored stored, Map<LaneKey, List<Stored>> waiting) {
        return lanes.line(stored, waiting.getOrDefault(LaneKey.of(stored.run), List.of()), now);
    }

    private Optional<Obstacle> obstacle(Stored stored, Line around) {
        return Obstacle.of(stored.run, around, claim.admission(), now);
    }

    private void give(Stored stored, Line around) {
        Run run = stored.run;
        var command = new Command.Claim(claim.holder(), around.slot());
        if (!(Rules.decide(run, command, lanes.begins(run, now)) instanceof Decision.Transition transition)) return;
        Stored next = stored.copy();
        next.run = transition.next();
        next.claimable = false;
        next.snapshots.add(Snapshot.of(transition.next(), transition.cause(), now, ids.next()));
        disk.put(next.run.id(), next);
        given.add(new Claimed(next.run, next.payloads.getOrDefault(Payload.Kind.INPUT, "null"), count(run, around)));
    }

    private @Nullable Instant count(Run run, Line around) {
        Line.Pace pace = around.pace();
        if (pace == null || !guards.counts(run)) return null;
        var queue = MemoryDisk.QueueKey.of(run);
        lanes.count(queue, pace.rate(), now);
        Instant opens = lanes.opens(queue, pace.rate());
        return opens != null && opens.isAfter(now) ? opens : null;
    }
}
