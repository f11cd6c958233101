package dev.holdfast.engine;

import dev.holdfast.core.Command;
import dev.holdfast.core.Deadlines;
import dev.holdfast.core.Fence;
import dev.holdfast.core.Holder;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.Stop;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Decides about runs that nobody holds, and writes down what was decided.
 *
 * <p>A run without a holder is decided by whoever gets to it, on whichever node: read, decide, commit with the fence that
 * was read; whoever finds that somebody was quicker reads and decides again. So is one whose holder is gone. A run that this
 * node executes is never decided here: see {@link Holding}.
 */
final class Desk {
    private final Ports ports;
    private final Meters meters;
    private final Bell tick;
    private final NavigableSet<RunId> mail = new ConcurrentSkipListSet<>();
    private final Duration look;
    private final Set<String> tasks;
    private final Ends ends = new Ends();
    private final Remains remains;

    /**
     * @param tick rung when something becomes due before the next regular look
     * @param look how often there is a regular look
     * @param tasks whose code is hosted
     */
    Desk(Ports ports, Meters meters, Bell tick, Duration look, Set<String> tasks) {
        this.ports = ports;
        this.meters = meters;
        this.tick = tick;
        this.look = look;
        this.tasks = Set.copyOf(tasks);
        this.remains = new Remains(ports);
    }

    Ports ports() {
        return ports;
    }

    Meters meters() {
        return meters;
    }

    /** How runs have ended here. */
    Ends ends() {
        return ends;
    }

    /** What of streams stands whose runs are ended by somebody who sends nothing to them. */
    Remains remains() {
        return remains;
    }

    /** A message was posted to this run: the next look at the mail, which is at once, brings it. */
    void post(RunId to) {
        mail.add(to);
        tick.ring();
    }

    /** To whom something was posted since this was asked. */
    Set<RunId> mail() {
        var all = new LinkedHashSet<RunId>();
        for (RunId next = mail.pollFirst(); next != null; next = mail.pollFirst()) all.add(next);
        return all;
    }

    /**
     * Applies what lies in the inbox of a run that nobody holds. If another node does, that one is told. What cannot be
     * written, though nobody has changed it, is locked by somebody: the next look meets it again; as it does what would end and
     * whose stream cannot be read.
     */
    void drain(RunId id) {
        Fence tried = null;
        while (true) {
            Optional<Run> read = ports.ledger().reads().run(id);
            if (read.isEmpty()) return;
            Holder holder = read.get().fence().holder();
            if (holder != null) {
                if (!holder.equals(ports.node())) ports.hints().posted(id, holder);
                return;
            }
            List<Message.Delivered> inbox = ports.ledger().reads().inbox(id);
            if (inbox.isEmpty()) return;
            Run run = read.get();
            if (run.isFinished() && !Finalising.of(this, run)) return;
            if (run.fence().equals(tried)) return;
            Draft draft = draft(run, Expect.atRest(run));
            deliver(draft, inbox);
            try {
                if (commit(remains.change(draft))) return;
            } catch (Unavailable e) {
                if (!Remains.areAway(e)) throw e;
                return;
            }
            tried = run.fence();
        }
    }

    private Delivery deliver(Draft draft, List<Message.Delivered> inbox) {
        RunId id = draft.run().id();
        boolean cancels = inbox.stream().anyMatch(m -> m.message().kind() == Message.Kind.CANCEL);
        boolean compensable = cancels
                && isHosted(draft.run().origin().task())
                && ports.ledger().reads().hasSteps(id);
        var delivery = new Delivery(
                draft, ports.ledger().reads(), ports.ledger().reads().pending(id));
        delivery.messages(inbox, compensable);
        return delivery;
    }

    /** Whether this node has the code. */
    boolean hosts(String task) {
        return tasks.contains(task);
    }

    /** Here, or by another node. */
    private boolean isHosted(String task) {
        return hosts(task) || ports.peers().hosts().containsKey(task);
    }

    /** What was accepted before the time of a wait counts. */
    private void timeCame(Draft draft) {
        deliver(draft, ports.ledger().reads().inbox(draft.run().id())).timedOut();
    }

    private Draft draft(Run run, Expect expect) {
        return new Draft(run, expect, ports.ledger().now(), ports.ids().next());
    }

    /**
     * Applies a command to each of these runs, which whoever decides does not hold, as they were read. One that somebody
     * else has changed meanwhile, or is about to, is left alone, and so is one that would end while its stream cannot be read:
     * whoever looks for what is to be done meets it again. What is wrong with one of them is thrown when all others are written.
     *
     * @param command what is to be done with it, null for nothing
     * @param done runs for each that was written
     */
    void decideAll(List<Run> runs, Function<Run, @Nullable Command> command, Runnable done) {
        var drafts = new ArrayList<Draft>();
        RuntimeException trouble = null;
        for (Run run : runs) {
            try {
                draft(run, command.apply(run)).ifPresent(drafts::add);
            } catch (Unavailable e) {
                throw e;
            } catch (RuntimeException e) {
                trouble = first(trouble, e);
            }
        }
        List<Change> changes = remains.changes(drafts);
        if (changes.stream().anyMatch(Desk::queues)) aboutToQueue();
        List<Receipt> receipts = changes.isEmpty() ? List.of() : ports.ledger().commit(changes);
        for (int i = 0; i < receipts.size(); i++) {
            if (receipts.get(i) instanceof Receipt.Applied) {
                written(changes.get(i));
                done.run();
            }
            if (receipts.get(i) instanceof Receipt.Rejected rejected) trouble = first(trouble, rejected.why());
        }
        if (trouble != null) throw trouble;
    }

    private Optional<Draft> draft(Run run, @Nullable Command asked) {
        if (asked == null) return Optional.empty();
        Draft draft = draft(run, Expect.atRest(run));
        boolean waits = asked instanceof Command.DeadlineCame came && came.name() == Deadlines.Name.WAIT;
        if (waits) timeCame(draft);
        else draft.decide(asked);
        return draft.isEmpty() ? Optional.empty() : Optional.of(draft);
    }

    private static RuntimeException first(@Nullable RuntimeException present, RuntimeException next) {
        if (present == null) return next;
        if (!present.equals(next)) present.addSuppressed(next);
        return present;
    }

    /** The holder is gone: each of these runs goes where the rules say. Answers how many were written. */
    int lost(List<Run> runs) {
        return lose(runs, run -> {
            var stop = run.status().stop();
            boolean drained = stop != null && stop.reason() == Stop.Reason.DRAIN;
            return drained ? Command.Blame.NOT_COUNTED : Command.Blame.COUNTED;
        });
    }

    /** The holder is this node, which does not execute these runs: nobody is blamed. Answers how many were written. */
    int givenBack(List<Run> runs) {
        return lose(runs, run -> Command.Blame.NOT_COUNTED);
    }

    private int lose(List<Run> runs, Function<Run, Command.Blame> blame) {
        int[] lost = {0};
        decideAll(
                runs,
                run -> {
                    var holder = run.fence().holder();
                    return holder == null ? null : new Command.Lost(holder, blame.apply(run));
                },
                () -> {
                    meters.lost();
                    lost[0]++;
                });
        return lost[0];
    }

    /** The code of these runs, which had ended before, has left: their slots are free. */
    void left(List<Run> runs) {
        decideAll(
                runs,
                run -> run.place().lingers() == null
                        ? null
                        : new Command.Left(run.place().lingers()),
                () -> {});
    }

    /** Whether it was written; false if the fence did not match. */
    private boolean commit(Change change) {
        switch (ports.ledger().commit(change)) {
            case Receipt.Applied a -> {
                written(change);
                return true;
            }
            case Receipt.Stale s -> {
                return false;
            }
            case Receipt.Rejected r -> throw r.why();
            case Receipt.Repeated r -> throw new IllegalStateException("a change without a request id was repeated");
            case Receipt.KeyHeld k -> throw new IllegalStateException("only a start takes a business key");
        }
    }

    /** Something is due then: if that is before the next regular look, there is one at once. */
    void comes(Instant time) {
        if (time.isBefore(ports.ledger().now().plus(look))) tick.ring();
    }

    /** Something becomes due that the last look could not know of. */
    void lookAgain() {
        tick.ring();
    }

    /** A claim gives a run deadlines too; one may come before the next regular look. */
    void claimed(Run run) {
        if (dueSoon(run)) tick.ring();
    }

    private boolean dueSoon(Run run) {
        Instant soon = ports.ledger().now().plus(look);
        Instant due = run.place().due();
        return (due != null && due.isBefore(soon))
                || run.times().deadlines().next().filter(soon::isAfter).isPresent();
    }

    private static boolean hasSnapshot(Change change) {
        return change.writes().stream().anyMatch(w -> w instanceof Write.Snap);
    }

    /** A change of a run that nobody holds. If it has ended, something may be left to do: its children are told. */
    private void written(Change change) {
        announce(change);
        if (!endsRun(change)) return;
        post(change.run());
        // A claim that was not given it may have had no other.
        ports.hints().work();
    }

    /**
     * Runs are about to be written that can be claimed: in the same commit, if whoever claims knows of it. He may look too early, and
     * so is told again when they are there.
     */
    void aboutToQueue() {
        if (!ports.ledger().asksTakers()) ports.hints().work();
    }

    private static boolean queues(Change change) {
        Run row = row(change);
        return row != null && row.state() == RunState.QUEUED && row.place().due() == null;
    }

    private static boolean endsRun(Change change) {
        Run row = row(change);
        return row != null && row.isFinished();
    }

    /** The run as it will be; null if its row is not written. */
    private static @Nullable Run row(Change change) {
        for (Write write : change.writes()) if (write instanceof Write.Row row) return row.run();
        return null;
    }

    /** Tells whoever may be waiting for what was just written. */
    void announce(Change change) {
        if (queues(change)) ports.hints().work();
        for (Write write : change.writes()) {
            if (write instanceof Write.Post other) post(other.to());
            if (!(write instanceof Write.Row row)) continue;
            if (change.expect() instanceof Expect.Absent) entered(row.run());
            Outcome outcome = row.run().status().outcome();
            boolean hasSnapshot = hasSnapshot(change);
            boolean left = outcome != null && row.run().place().lingers() == null;
            if (left && (row.run().place().lane() != null || !hasSnapshot))
                ports.hints().work();
            if (outcome != null && hasSnapshot) {
                ends.note(change, row.run());
                meters.finished(outcome);
                var parent = row.run().origin().parent();
                if (parent != null) post(parent.run());
            }
            if (dueSoon(row.run())) tick.ring();
        }
        tell(change);
    }

    /** Whoever watches a conversation knows of none of its turns before. */
    private void entered(Run run) {
        var lane = run.place().lane();
        if (lane == null || !lane.isSerial()) return;
        ports.hints().changed(LaneTopic.of(run.origin().namespace(), run.place().queue(), lane.name()));
    }

    private void tell(Change change) {
        if (endsRun(change)) ports.hints().ended(change.run());
        else ports.hints().changed(change.run());
    }
}
