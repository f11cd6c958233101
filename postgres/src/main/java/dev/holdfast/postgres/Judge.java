package dev.holdfast.postgres;

import dev.holdfast.core.Fence;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.Write;
import dev.holdfast.postgres.ChangeWork.ScheduleKey;
import dev.holdfast.postgres.ChangeWork.Unique;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a change may be written, by what its batch has locked and looked up. Nothing is read or written here. */
final class Judge {
    static final Receipt APPLIED = new Receipt.Applied();
    static final Receipt STALE = new Receipt.Stale();

    private final Scene scene;

    Judge(Scene scene) {
        this.scene = scene;
    }

    Receipt of(ChangeWork work) {
        Request request = work.request();
        Receipt first = request == null ? null : scene.requests().seenBefore(request);
        if (first != null) return first;
        Part part = work.part();
        if (!schedulesAreAsSeen(part)) return STALE;
        for (Part child : part.begins()) {
            Optional<RunId> by = holderOfKey(child);
            if (by.isPresent()) return new Receipt.KeyHeld(by.get());
        }
        if (!hasMessages(part)) return STALE;
        Receipt receipt = fence(part);
        return receipt instanceof Receipt.Applied ? children(part) : receipt;
    }

    private Receipt fence(Part part) {
        Locked present = scene.run(part.run());
        Run row = part.row();
        if (part.isNew()) {
            Optional<RunId> by = holderOfKey(part);
            if (present != null || scene.wasRemoved(part.run())) return STALE;
            return by.<Receipt>map(Receipt.KeyHeld::new).orElse(APPLIED);
        }
        if (present == null || !admits(part.change().expect(), present)) return STALE;
        if (row == null
                || row.fence().seq() - part.snapshots() == present.fence().seq()) return APPLIED;
        return new Receipt.Rejected(new Refused(
                "snapshot_gap",
                "a change of run " + part.run() + " cannot be written: its snapshots do not continue those that are"
                        + " there. Each snapshot has the seq after the one before. This is a bug"));
    }

    /** A child whose id was used before is not started, and so its parent's change is not written. */
    private Receipt children(Part part) {
        for (Part child : part.all().subList(1, part.all().size())) {
            if (scene.run(child.run()) == null && !scene.wasRemoved(child.run())) continue;
            return new Receipt.Rejected(new Refused(
                    "child_not_started",
                    "run " + part.run() + " cannot start " + child.run() + ": the id was used before"));
        }
        return APPLIED;
    }

    private static boolean admits(Expect expect, Locked present) {
        Fence fence = present.fence();
        return switch (expect) {
            case Expect.Absent e -> false;
            case Expect.Held e -> fence.admits(e.by());
            case Expect.AsRead e -> fence.equals(e.fence());
            case Expect.Alive e -> present.state() != RunState.FINISHED;
        };
    }

    private Optional<RunId> holderOfKey(Part part) {
        Run row = part.row();
        return part.isNew() && row != null ? scene.keys().holder(Unique.of(row)) : Optional.empty();
    }

    /** Whether the schedule that starts it still is as it was read: only the first who has read it fires it. */
    private boolean schedulesAreAsSeen(Part part) {
        for (Write.Fire fire : part.writes(Write.Fire.class)) {
            var moves = fire.moves();
            var key = new ScheduleKey(moves.namespace().name(), moves.name());
            if (!Objects.equals(scene.schedule(key), moves.seen())) return false;
        }
        return true;
    }

    /**
     * Whether what it consumes is there. Two who have read the same inbox may both decide without moving the seq, and
     * only the first of them has applied the messages.
     */
    private boolean hasMessages(Part part) {
        for (Write.Consume consume : part.writes(Write.Consume.class)) {
            for (long number : consume.numbers()) if (!scene.hasMessage(part.run(), number)) return false;
        }
        return true;
    }

    /** What is kept as the answer to its request id; null for nothing. */
    static @Nullable String answer(ChangeWork work, Request request) {
        return switch (work.result()) {
            case Receipt.Applied a -> request.answer();
            case Receipt.KeyHeld held -> {
                Run row = work.part().row();
                // The answer to a debounced start is written with what becomes of the run that has its key.
                boolean debounced = row != null && row.place().debounce() != null;
                yield debounced ? null : held.by().toString();
            }
            case Receipt.Stale s -> null;
            case Receipt.Repeated r -> null;
            case Receipt.Rejected r -> null;
            case null -> null;
        };
    }
}
