package dev.holdfast.engine;

import dev.holdfast.core.Command;
import dev.holdfast.core.Decision;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Unavailable;
import dev.holdfast.core.Wait;
import dev.holdfast.core.Waiting;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Write;
import dev.holdfast.sdk.Attempt.Standing;
import dev.holdfast.sdk.ChildStart;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What comes from outside to a run that this node holds: how its waits begin, and how messages and time end them. All of it
 * is written as the single writer of the run, so that nothing comes in between.
 */
final class Intake {
    private final Holding holding;
    private final Desk desk;
    /** Somebody has posted a message. */
    private volatile boolean asked;
    /** The attempt's thread waits, and applies messages itself. */
    private volatile boolean waiting;

    Intake(Holding holding, Desk desk) {
        this.holding = holding;
        this.desk = desk;
    }

    /**
     * A message was posted: it is applied by the attempt's own thread if that waits, otherwise by the caller, unless somebody is
     * at it.
     *
     * @return whether the run is held here; if not, whoever has posted decides about it
     */
    boolean post() {
        asked = true;
        Recorded woken = waiting ? holding.recorded() : null;
        if (woken == null) return holding.pen().nowOrAgain(this::applied).orElse(true);
        woken.ring();
        return true;
    }

    void lookIfAsked() {
        if (asked) look();
    }

    /** The attempt waits, and applies messages itself as long as it does. */
    void waiting(boolean now) {
        waiting = now;
        // A message that came meanwhile was left to it.
        if (!now) lookIfAsked();
    }

    /**
     * Applies what lies in the inbox. Not before user code has begun: only then is it known what it waits for.
     *
     * @return whether the run is held here
     */
    boolean look() {
        return holding.pen().taken(this::applied);
    }

    private boolean applied() {
        if (!holding.run().isHeld()) return false;
        asked = holding.recorded() == null;
        if (asked || !holding.isSure()) return true;
        List<Message.Delivered> inbox = reads().inbox(id());
        if (inbox.isEmpty()) return true;
        Draft draft = holding.draft();
        delivery(draft).messages(inbox, true);
        if (holding.commit(draft, List.of())) holding.obey();
        return true;
    }

    private Delivery delivery(Draft draft) {
        Recorded recorded = holding.recorded();
        return new Delivery(draft, reads(), recorded == null ? List.of() : recorded.pending());
    }

    /**
     * A wait begins. A signal that was kept ends it at once; nobody can keep one in between.
     *
     * @param on what the run is blocked on; null if it goes on executing
     * @param begun is written down; null if it was before
     * @param until the first of them is over by itself
     * @return whether it was written; false if the run is not ours any more
     */
    boolean begin(@Nullable Waiting on, @Nullable StepRecord begun, @Nullable Instant until) {
        return holding.pen().taken(() -> {
            if (begun != null && takes(begun)) return isOurs();
            // A cancel may have come with the messages: whoever waits looks again.
            if (holding.run().state() == RunState.STOPPING && on != null) return true;
            Write[] step = begun == null ? new Write[0] : new Write[] {new Write.Step(begun)};
            var by = holding.by();
            return holding.write(on == null ? new Command.RecordStep(by) : new Command.Block(by, on, until), step);
        });
    }

    private boolean isOurs() {
        return holding.standing() != Standing.SUPERSEDED;
    }

    private boolean takes(StepRecord begun) {
        String name = switch (begun.awaits()) {
            case Wait.Signal signal -> signal.name();
            case Wait.Token token -> token.id();
            case null, default -> null;
        };
        if (name == null) return false;
        look();
        Reads.Kept kept = reads().kept(id(), name).orElse(null);
        if (kept == null) return false;
        holding.write(
                new Command.RecordStep(holding.by()),
                new Write.Step(begun.came(kept.json())),
                new Write.Take(name, kept.number()));
        return true;
    }

    /**
     * Starts a child, together with the step that waits for it. If another run has its business key, that one is waited
     * for instead. If a transaction has it that has not ended, that is waited for, but not by those who have something for
     * this run: a cancel that comes meanwhile takes the place of the child.
     *
     * @return whether it was written; false if the run is not ours any more
     */
    boolean startChild(Change start, ChildStart wish) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return holding.pen().taken(() -> startedChild(start, wish));
                } catch (Unavailable e) {
                    if (!Holding.isBusy(e) || holding.standing() == Standing.DRAINING) throw e;
                }
                try {
                    desk.ports().threads().bell().await(Holding.LEDGER_AGAIN);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
                lookIfAsked();
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    private boolean startedChild(Change start, ChildStart wish) {
        var by = holding.by();
        if (holding.standing() == Standing.CANCELLED && holding.isToLook()) {
            var cancelled = StepRecord.cancelled(wish.key(), wish.step(), by.epoch());
            return holding.write(new Command.RecordStep(by), new Write.Step(cancelled));
        }
        Optional<Draft> draft = awaiting(start.run(), wish);
        if (draft.isEmpty()) return false;
        draft.get().add(new Write.Begin(start));
        Change change = draft.get().change();
        Receipt receipt = holding.persist(change);
        if (receipt instanceof Receipt.KeyHeld held) {
            if (held.by().equals(id())) {
                throw new Refused("child_is_itself", "its business key is that of run " + id() + " itself");
            }
            Optional<Draft> other = awaiting(held.by(), wish);
            return other.isPresent() && holding.commit(other.get(), List.of());
        }
        boolean written = holding.answered(change, draft.get().run(), receipt);
        if (written) desk.announce(start);
        return written;
    }

    /** Empty if the run is not ours any more. */
    private Optional<Draft> awaiting(RunId child, ChildStart wish) {
        if (!holding.isSure()) return Optional.empty();
        var by = holding.by();
        Draft draft = holding.draft();
        if (!(draft.decide(new Command.RecordStep(by)) instanceof Decision.Accepted)) return Optional.empty();
        draft.add(new Write.Step(StepRecord.waiting(wish.key(), wish.step(), by.epoch(), new Wait.Child(child))));
        draft.add(new Write.Await(child));
        return Optional.of(draft);
    }

    /** What it was blocked on is over; answers whether the run is still ours. */
    boolean goesOn() {
        return holding.pen()
                .taken(() ->
                        holding.run().state() == RunState.BLOCKED ? holding.write(new Command.Unblock()) : isOurs());
    }

    /** The time of one of the waits has come. What was accepted before counts. */
    void timeCame() {
        holding.pen().taken(() -> {
            if (!look() || !holding.isSure()) return false;
            Draft draft = holding.draft();
            delivery(draft).timedOut();
            return holding.commit(draft, List.of());
        });
    }

    /**
     * User code has left because of a wait: the run is given up, or queued again if what it waited for has come.
     *
     * @param with what else is written if that ends it
     */
    void giveUp(Blocking.Leave leave, Recorded recorded, Function<Run, List<Write>> with) {
        holding.pen().taken(() -> {
            if (!look() || !holding.isSure()) return false;
            var by = holding.by();
            Draft draft = holding.draft();
            if (leave.begun() != null) draft.add(new Write.Step(leave.begun()));
            if (draft.run().state() == RunState.RUNNING) {
                draft.decide(new Command.Block(by, leave.on(), leave.until(recorded)));
            }
            boolean waits = draft.run().state() == RunState.BLOCKED;
            draft.decide(waits ? new Command.GiveUp(by) : new Command.Stopped(by, false));
            // What it waits for has come while it left: it goes back to its old place.
            if (waits && leave.isOver(recorded)) draft.decide(new Command.Unblock());
            boolean written = holding.commit(draft, with.apply(draft.run()));
            if (written && draft.run().isGivenUp()) desk.meters().gaveUp();
            return written;
        });
    }

    private Reads reads() {
        return desk.ports().ledger().reads();
    }

    private RunId id() {
        return holding.run().id();
    }
}
