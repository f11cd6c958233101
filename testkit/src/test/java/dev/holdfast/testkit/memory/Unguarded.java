package dev.holdfast.testkit.memory;

import dev.holdfast.core.Fence;
import dev.holdfast.core.Holder;
import dev.holdfast.core.Run;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.StoredSchedule;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Stores with a guard left out, for those who claim to notice. */
public final class Unguarded {
    private Unguarded() {}

    /** Whoever says that it holds a run may write it. */
    public static MemoryStore withoutFence(MemoryDisk disk, Clock clock, Ids ids) {
        return MemoryStore.open(disk, clock, ids, new Guards() {
            @Override
            boolean holds(Run run, Fence.By by) {
                return true;
            }
        });
    }

    /** A run that nobody holds may be decided from any snapshot of it. */
    public static MemoryStore withoutSeq(MemoryDisk disk, Clock clock, Ids ids) {
        return MemoryStore.open(disk, clock, ids, new Guards() {
            @Override
            boolean admits(@Nullable Run run, boolean wasRemoved, Expect expect) {
                return expect instanceof Expect.AsRead ? run != null : super.admits(run, wasRemoved, expect);
            }

            @Override
            boolean continues(@Nullable Run before, Run next, int snapshots) {
                return true;
            }
        });
    }

    /** Several nodes: a claim of somebody who is dead is served. */
    public static MemoryStore givesToTheDead(MemoryDisk disk, Clock clock, Ids ids) {
        return MemoryStore.join(disk, clock, ids, new Guards() {
            @Override
            boolean mayHold(MemoryDisk present, Holder holder) {
                return true;
            }
        });
    }

    /** Several nodes: a run is lost however it looks by now. */
    public static MemoryStore withoutOrphanFence(MemoryDisk disk, Clock clock, Ids ids) {
        return MemoryStore.join(disk, clock, ids, new Guards() {
            @Override
            boolean admits(@Nullable Run run, boolean wasRemoved, Expect expect) {
                boolean isLoss =
                        expect instanceof Expect.AsRead read && read.fence().holder() != null;
                return isLoss ? run != null : super.admits(run, wasRemoved, expect);
            }

            @Override
            boolean continues(@Nullable Run before, Run next, int snapshots) {
                return true;
            }
        });
    }

    /** Several nodes: whatever anybody holds is an orphan. */
    public static MemoryStore withoutTheLiving(MemoryDisk disk, Clock clock, Ids ids) {
        return MemoryStore.join(disk, clock, ids, new Guards() {
            @Override
            boolean isGone(MemoryDisk present, Holder holder) {
                return true;
            }
        });
    }

    /** A request is forgotten at once, and repeating it is another one. */
    public static MemoryStore withoutRequests(MemoryDisk disk, Clock clock, Ids ids) {
        return MemoryStore.open(disk, clock, ids, new Guards() {
            @Override
            boolean expired(Instant request, Instant now) {
                return true;
            }
        });
    }

    /** A schedule is written whatever has become of it since it was read. */
    public static MemoryStore withoutSeenSchedules(MemoryDisk disk, Clock clock, Ids ids) {
        return MemoryStore.open(disk, clock, ids, new Guards() {
            @Override
            boolean isAsSeen(StoredSchedule.@Nullable Seen present, StoredSchedule.@Nullable Seen seen) {
                return true;
            }
        });
    }

    /** Only the first claim of a run counts for its queue's rate. */
    public static MemoryStore withoutLaterClaims(MemoryDisk disk, Clock clock, Ids ids) {
        return MemoryStore.open(disk, clock, ids, new Guards() {
            @Override
            boolean counts(Run before) {
                return !before.wasStarted();
            }
        });
    }

    /** What is old is removed, also if somebody has waited for it and was not told yet. */
    public static MemoryStore withoutTelling(MemoryDisk disk, Clock clock, Ids ids) {
        return MemoryStore.open(disk, clock, ids, new Guards() {
            @Override
            boolean tellsOfTheEnd(Message message) {
                return false;
            }
        });
    }
}
