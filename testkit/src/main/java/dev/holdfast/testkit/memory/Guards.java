package dev.holdfast.testkit.memory;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Fence;
import dev.holdfast.core.Holder;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepRecord;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.engine.port.StoredSchedule;
import dev.holdfast.engine.port.Write;
import dev.holdfast.testkit.memory.MemoryDisk.BusinessKey;
import dev.holdfast.testkit.memory.MemoryDisk.LaneKey;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a ledger checks before it writes or shows anything. In one class, so that the tests of the contract can leave each
 * of them out and see that the contract notices.
 */
class Guards {
    boolean admits(@Nullable Run run, boolean wasRemoved, Expect expect) {
        return switch (expect) {
            case Expect.Absent e -> run == null && !wasRemoved;
            case Expect.Held e -> run != null && holds(run, e.by());
            case Expect.AsRead e -> run != null && run.fence().equals(e.fence());
            case Expect.Alive e -> run != null && !run.isFinished();
        };
    }

    boolean holds(Run run, Fence.By by) {
        return run.fence().epoch() == by.epoch()
                && by.holder().equals(run.fence().holder());
    }

    /** Whether the stream, whose newest entry is of this epoch, was opened by a newer one than this holder's. */
    boolean isOpened(long newest, Fence.By by) {
        return newest > by.epoch();
    }

    /** Whether these snapshots are the ones after the run's newest. */
    boolean continues(@Nullable Run before, Run next, int snapshots) {
        long seq = before == null ? 0 : before.fence().seq();
        return next.fence().seq() == seq + snapshots;
    }

    /** Whether this holder may be given runs. */
    boolean mayHold(MemoryDisk disk, Holder holder) {
        return disk.nodes.containsKey(holder);
    }

    /** Whether what this holder has is lost. */
    boolean isGone(MemoryDisk disk, Holder holder) {
        return !disk.nodes.containsKey(holder);
    }

    /** How many of those that wait a claim gets at most. */
    long share(Claim claim, long waiting) {
        return claim.share(waiting);
    }

    boolean mayRecord(@Nullable StepRecord present) {
        return present == null || !present.isFinal();
    }

    boolean hasRoom(int steps) {
        return steps < Defaults.STEPS_PER_RUN;
    }

    boolean expired(Instant request, Instant now) {
        return !request.plus(Defaults.REQUEST_RETENTION).isAfter(now);
    }

    boolean holdsKey(Run run, Instant now) {
        return run.holdsKey(now);
    }

    /** Whether it ended before this, and nobody needs it any more. */
    boolean isOld(Stored stored, Instant endedBefore, Instant now) {
        Instant finished = stored.run.times().finished();
        return finished != null
                && !finished.isAfter(endedBefore)
                && stored.run.place().lingers() == null
                && !holdsKey(stored.run, now)
                && stored.inbox.stream().noneMatch(m -> m.message().kind() == Message.Kind.FINALISE);
    }

    /** Whether this message is for somebody who has waited for the end of a run, and still has to look at that. */
    boolean tellsOfTheEnd(Message message) {
        return message.kind() == Message.Kind.RUN_ENDED;
    }

    /** The debounce key that this run holds. */
    @Nullable
    String debounces(Run run) {
        return run.place().debounce();
    }

    BusinessKey key(Run run, String key) {
        return new BusinessKey(run.origin().namespace().name(), run.origin().task(), key);
    }

    boolean shows(Run run, Namespace namespace) {
        return run.origin().namespace().equals(namespace);
    }

    Namespace scope(Namespace ofRequest) {
        return ofRequest;
    }

    /** Whether what a change consumes is there: only the first who has read a message applies it. */
    boolean hasMessages(List<Message.Delivered> inbox, Change change) {
        var there = inbox.stream().map(Message.Delivered::number).toList();
        return change.writes().stream()
                .allMatch(w -> !(w instanceof Write.Consume consume) || there.containsAll(consume.numbers()));
    }

    boolean isOpen(MemoryDisk.Token token, Instant now) {
        return token.until().isAfter(now);
    }

    /** Whether who begins to wait for what has ended is told at once. */
    boolean tellsLate() {
        return true;
    }

    /** Whether this run is to be cancelled when the other has ended. */
    boolean endsWith(Run child, RunId parent) {
        return MemoryMessages.isChildOf(child, parent);
    }

    /** Whether a pause of this lane or its queue counts. */
    boolean minds(LaneKey lane) {
        return true;
    }

    /** Whether it was told to end, and is not begun any more. */
    boolean isCancelled(Stored stored) {
        return stored.inbox.stream().anyMatch(m -> m.message().kind() == Message.Kind.CANCEL);
    }

    /** When a run of a serial lane begins, if the one before it began then. */
    Instant after(Instant before) {
        return before.plusMillis(1);
    }

    /** What a change of a queue finds there. */
    QueueSettings present(QueueSettings settings) {
        return settings;
    }

    /** How many claims of a queue with a rate count. */
    int rate(int count) {
        return count;
    }

    /** Whether this claim of a queue with a rate counts. */
    boolean counts(Run before) {
        return true;
    }

    int limit(int set) {
        return set;
    }

    /** Whether the next in a serial lane waits for the one before it. */
    boolean keepsTheOrder() {
        return true;
    }

    /** Whether it takes up room in its queue. */
    boolean executes(Run run) {
        return run.isHeld() || run.place().lingers() != null;
    }

    boolean hasSlot(Stored stored) {
        return stored.run.place().slotOf() != null;
    }

    boolean executesUnderParent(boolean is) {
        return is;
    }

    /** Whether those that come back let new ones in between. */
    boolean alternates() {
        return true;
    }

    /** Whether the lane that was served goes behind the others. */
    boolean servesInTurn() {
        return true;
    }

    /** Whether nobody has changed or fired a schedule since it was read. */
    boolean isAsSeen(StoredSchedule.@Nullable Seen present, StoredSchedule.@Nullable Seen seen) {
        return Objects.equals(present, seen);
    }

    /** What a change works on, so that one that cannot be written as a whole leaves nothing. */
    Stored draft(Stored present) {
        return present.copy();
    }
}
