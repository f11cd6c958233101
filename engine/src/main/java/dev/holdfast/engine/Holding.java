package dev.holdfast.engine;

import dev.holdfast.core.Command;
import dev.holdfast.core.Deadlines;
import dev.holdfast.core.Decision;
import dev.holdfast.core.Decision.Accepted;
import dev.holdfast.core.Decision.Transition;
import dev.holdfast.core.Fence;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.Stop;
import dev.holdfast.core.Unavailable;
import dev.holdfast.core.stream.StreamEnd;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.port.Transactions;
import dev.holdfast.engine.port.Write;
import dev.holdfast.sdk.Attempt.Standing;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A run that this node holds. While it does, only this object writes the run's row: it has the newest state in memory and
 * makes one change at a time, with its {@link Pen}, so the hot path reads nothing. Everybody else posts to the inbox and asks it
 * to look.
 *
 * <p>Losing the run shows as a stale write. From then on nothing is written any more: it never reloads and tries again.
 * Only when the answer to a write is unknown, the row is read before the next decision, and counts if it is still held by
 * this epoch of this holder.
 */
final class Holding {
    /** How long to wait for a ledger that cannot be used before it is asked again. */
    static final Duration LEDGER_AGAIN = Duration.ofMillis(200);

    private final Desk desk;
    private final Fence.By by;
    private final RunId id;
    private final Namespace namespace;
    private final Pen pen;
    private final UserCode code;
    private volatile boolean ended;
    private Run run;
    private volatile @Nullable Recorded recorded;
    private volatile @Nullable Sender sender;
    /** Up to which entry it is written down that steps count on the log. */
    private long noted;

    private final Intake intake;
    private volatile boolean cancelDelivered;
    private boolean unsure;
    private volatile Standing standing;
    private volatile boolean suspect;
    /** Set without the pen: whoever has it may be waiting for a ledger that cannot be written. */
    private volatile boolean closing;
    /** Set without the pen, too. */
    private volatile boolean abandoned;

    Holding(Desk desk, Run run) {
        this.desk = desk;
        this.id = run.id();
        this.pen = new Pen(desk.ports().threads().lock(), () -> desk.post(id));
        this.code = new UserCode(id, desk.ports());
        this.intake = new Intake(this, desk);
        this.run = run;
        this.namespace = run.origin().namespace();
        this.by = new Fence.By(run.fence().epoch(), desk.ports().node());
        this.suspect = run.isSuspect();
        this.standing = run.status().cancelled() ? Standing.CANCELLED : Standing.GOING;
    }

    /** What comes to it from outside. */
    Intake intake() {
        return intake;
    }

    UserCode code() {
        return code;
    }

    /** Under which all that follows from the newest state is decided and written. */
    Pen pen() {
        return pen;
    }

    /** What is recorded, as the attempt sees it; null before user code begins. */
    @Nullable
    Recorded recorded() {
        return recorded;
    }

    Fence.By by() {
        return by;
    }

    Standing standing() {
        return abandoned ? Standing.SUPERSEDED : standing;
    }

    /** Whether nobody may execute beside it. */
    boolean isSuspect() {
        return suspect;
    }

    /** Without the pen, which may wait for a commit: whether nothing is known of an end, or of a loss. */
    boolean isGoing(Namespace of) {
        return namespace.equals(of) && !ended && standing() == Standing.GOING;
    }

    /** Without the pen, too: whether it has ended here, and its code has left, or will not begin. */
    boolean isOver() {
        return ended && code.isGone();
    }

    boolean hasEnded() {
        return ended;
    }

    /** The newest state. */
    Run run() {
        return pen.taken(() -> run);
    }

    /**
     * User code begins.
     *
     * @param executing the thread that it runs on
     * @param replayed what is recorded; kept up to date from now on
     */
    void begin(Thread executing, Recorded replayed) {
        pen.taken(() -> {
            code.begin(executing);
            recorded = replayed;
            if (isToBeLeft()) executing.interrupt();
            return true;
        });
        intake.lookIfAsked();
    }

    /** Whether it was written; false if the run is not ours any more. */
    boolean write(Command command, Write... with) {
        return write(command, next -> List.of(with));
    }

    /**
     * Decides and writes.
     *
     * @param with what else becomes visible with it, given the run as it will be
     * @return whether it was written; false if the run is not ours any more
     * @throws Refused if the rules or the ledger do not allow it
     * @throws Unavailable if the engine closes before it can be written
     */
    boolean write(Command command, Function<Run, List<Write>> with) {
        return write(command, with, this::persist);
    }

    /**
     * The same in a transaction of user code's, whose commit is not tried again: what it has done is gone with it.
     *
     * @throws Unavailable if it was not written, or nobody knows
     */
    boolean write(Command command, Transactions.Open open, Write... with) {
        return write(command, next -> List.of(with), change -> commitOnce(open, change));
    }

    private Receipt commitOnce(Transactions.Open open, Change change) {
        if (abandoned) return new Receipt.Stale();
        try {
            return open.commit(change);
        } catch (Unavailable e) {
            unsure |= e.indeterminate();
            throw e;
        }
    }

    private boolean write(Command command, Function<Run, List<Write>> with, Function<Change, Receipt> how) {
        return pen.taken(() -> isSure() && decided(command, with, how));
    }

    private boolean decided(Command command, Function<Run, List<Write>> with, Function<Change, Receipt> how) {
        Draft draft = draft();
        return switch (draft.decide(command)) {
            case Transition t -> commit(draft, with.apply(t.next()), how);
            case Accepted a -> commit(draft, with.apply(a.next()), how);
            case Decision.Stale s -> superseded();
            case Decision.Nothing n -> true;
            case Decision.Refusal r -> throw new Refused(r.code(), id + ": " + r.why());
            case Decision.Removal r -> throw new IllegalStateException(id + " is held and cannot be removed");
        };
    }

    /** A change of the newest state. With the {@link #pen}, as all that follows from it. */
    Draft draft() {
        return new Draft(
                run,
                new Expect.Held(by),
                desk.ports().ledger().now(),
                desk.ports().ids().next());
    }

    /** Whether it was written; false if the run is not ours any more. */
    boolean commit(Draft draft, List<Write> with) {
        return commit(draft, with, this::persist);
    }

    private boolean commit(Draft draft, List<Write> with, Function<Change, Receipt> how) {
        draft.addAll(with);
        if (draft.isEmpty()) return true;
        long stored = countsOn(draft);
        if (stored > noted) draft.add(new Write.End(new StreamEnd(stored, List.of())));
        Change change = draft.change();
        boolean written = answered(change, draft.run(), how.apply(change));
        if (written) noted = Math.max(noted, stored);
        return written;
    }

    /**
     * Where the log may lose what it had stored, it is written down with each step how far that counts on it: if less is left,
     * whoever opens the next epoch says that something is missing. 0 for nothing.
     */
    private long countsOn(Draft draft) {
        Sender sends = sender;
        boolean loses = desk.ports().stream().fencing() == StreamLog.Fencing.BY_OPENING;
        return sends == null || !loses || draft.ends() || !draft.records() ? 0 : sends.stored();
    }

    boolean answered(Change change, Run next, Receipt receipt) {
        switch (receipt) {
            case Receipt.Applied a -> {
                know(next);
                if (recorded != null) recorded.note(change);
                desk.announce(change);
                return true;
            }
            case Receipt.Stale s -> {
                return superseded();
            }
            case Receipt.Rejected r -> throw r.why();
            case Receipt.Repeated r -> throw new IllegalStateException("a change without a request id was repeated");
            case Receipt.KeyHeld k -> throw new IllegalStateException("only a start takes a business key");
        }
    }

    private void know(Run next) {
        run = next;
        ended |= next.isFinished();
        if (suspect && !next.isSuspect()) {
            suspect = false;
            // Cleared: others may come beside it.
            desk.ports().hints().work();
        }
    }

    /** Reads the row if the answer to the last write is not known; answers whether the run is ours. */
    boolean isSure() {
        if (standing() == Standing.SUPERSEDED) return false;
        if (!unsure) return true;
        Run found = desk.ports().ledger().reads().run(run.id()).orElse(null);
        unsure = false;
        if (found == null || !found.fence().admits(by)) {
            boolean ours = superseded();
            code.interrupt();
            return ours;
        }
        know(found);
        // A wait that was written is waited for, whether or not anybody was told.
        if (recorded != null) recorded.note(desk.ports().ledger().reads().steps(run.id()));
        // It may be what nobody could be told: a stop that was written.
        obey();
        return true;
    }

    /** Whether a key is taken by a transaction of somebody who may go on for long: that is no trouble of the ledger's. */
    static boolean isBusy(Unavailable e) {
        return e.code().equals("key_busy");
    }

    /** A ledger that cannot be written is waited for: infrastructure never becomes an outcome. */
    Receipt persist(Change change) {
        boolean interrupted = false;
        try {
            while (true) {
                if (abandoned) return new Receipt.Stale();
                try {
                    return desk.ports().ledger().commit(change);
                } catch (Unavailable e) {
                    unsure |= e.indeterminate();
                    if (e.indeterminate() || closing || isBusy(e)) throw e;
                    try {
                        desk.ports().threads().bell().await(LEDGER_AGAIN);
                    } catch (InterruptedException i) {
                        interrupted = true;
                    }
                }
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    private boolean superseded() {
        if (standing() != Standing.SUPERSEDED) desk.meters().stale();
        standing = Standing.SUPERSEDED;
        return false;
    }

    /** Whether the run may be given up: it goes on, or compensates and comes back to do so. */
    boolean mayLeave() {
        return run().state() != RunState.STOPPING || standing == Standing.CANCELLED;
    }

    /** Whether the attempt's thread has to look at its standing. */
    boolean isToLook() {
        return standing() != Standing.GOING && !(standing() == Standing.CANCELLED && cancelDelivered);
    }

    /** One of its deadlines may have come. */
    void deadline() {
        pen.nowOrAgain(() -> {
            if (!run.isHeld() || !isSure()) return false;
            var now = desk.ports().ledger().now();
            Deadlines.Name name = run.times().deadlines().due(now).orElse(null);
            if (name == null) return false;
            desk.meters().deadline();
            if (name == Deadlines.Name.WAIT && recorded != null) intake.timeCame();
            else if (came(name)) obey();
            return true;
        });
    }

    private boolean came(Deadlines.Name name) {
        try {
            return write(new Command.DeadlineCame(name), this::endedFromOutside);
        } catch (Unavailable e) {
            if (!Remains.areAway(e)) throw e;
            return false;
        }
    }

    /**
     * The node closes: the run is to be left, and goes on at the next boot.
     *
     * @throws Unavailable if that cannot be written; the code is asked to leave all the same, and the next boot finds the
     *     run held by somebody who is gone
     */
    void drain() {
        closing = true;
        pen.taken(this::drained);
    }

    private boolean drained() {
        try {
            if (standing != Standing.SUPERSEDED) standing = Standing.DRAINING;
            return run.isHeld() && write(new Command.StopIt(new Stop(Stop.Reason.DRAIN, Stop.Next.QUEUED)));
        } finally {
            code.interrupt();
        }
    }

    /**
     * The node may have been declared dead: from now on nothing is written, and user code is to leave. It does not wait for
     * whoever has the pen, who may wait for the ledger.
     */
    void abandon() {
        closing = true;
        abandoned = true;
        code.interrupt();
    }

    /** Whether the node closes while this run was being cancelled. */
    boolean leavesCompensation() {
        var stop = run().status().stop();
        return standing == Standing.DRAINING && stop != null && stop.next() == Stop.Next.CANCELLED;
    }

    /** Whether the run has ended before its children: they are told at once. */
    boolean leavesChildren() {
        return run().isFinished() && recorded != null && recorded.awaitsChild();
    }

    /**
     * Asked at every look: what is unknown is looked up, and code that swallowed an interrupt gets another one. If somebody is at
     * it, the next look asks again.
     */
    void nudge() {
        if (abandoned) code.interruptAgain();
        else pen.ifFree(this::nudged);
    }

    private boolean nudged() {
        if (unsure) isSure();
        boolean unaware = standing == Standing.CANCELLED && run.state() == RunState.STOPPING && !cancelDelivered;
        boolean leaving = isToBeLeft() || unaware;
        if (leaving) code.interruptAgain();
        return leaving;
    }

    private boolean isToBeLeft() {
        return switch (standing()) {
            case STOPPED, SUPERSEDED, DRAINING -> true;
            case GOING, CANCELLED -> false;
        };
    }

    /** The cancel has reached user code: what follows is compensation, and is not disturbed. */
    void delivered() {
        pen.taken(() -> cancelDelivered = true);
    }

    /** Brings what was just written to the thread that executes. */
    void obey() {
        var stop = run.status().stop();
        if (run.isFinished()) {
            standing = Standing.STOPPED;
        } else if (stop != null && standing == Standing.GOING) {
            standing = stop.next() == Stop.Next.CANCELLED ? Standing.CANCELLED : Standing.STOPPED;
        } else {
            return;
        }
        code.interrupt();
    }

    /** Its code sends by this from now on. */
    void sends(Sender by) {
        sender = by;
    }

    /**
     * What ends with a run that is ended while its code has not left: what is stored of what it has sent stands. If it has not
     * begun, what is there is of those before it.
     *
     * @throws Unavailable if that cannot be read now, see {@link Remains}
     */
    List<Write> endedFromOutside(Run next) {
        if (!next.isFinished()) return List.of();
        Sender sends = sender;
        StreamEnd end = sends == null ? desk.remains().of(next) : stopped(sends.stop());
        return List.of(new Write.End(end), new Write.ClearInbox());
    }

    private static StreamEnd stopped(OptionalLong last) {
        return new StreamEnd(last.isPresent() ? last.getAsLong() : null, List.of());
    }
}
