package dev.holdfast.engine;

import dev.holdfast.core.Command;
import dev.holdfast.core.Decision;
import dev.holdfast.core.Decision.Transition;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Rules;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Stop;
import dev.holdfast.core.stream.Standing;
import dev.holdfast.core.stream.StreamEnd;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.ErrorJson;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Decides about runs that nobody holds, and writes down what was decided.
 *
 * <p>A run without a holder is decided by whoever gets to it: read, decide, commit with the fence that was read; whoever
 * finds that somebody was quicker reads and decides again. A run that this node holds is never decided here: see
 * {@link Holding}.
 */
final class Desk {
    private static final Duration REGULAR_LOOK = Duration.ofSeconds(1);

    private final Ports ports;
    private final Meters meters;
    private final Bell tick;

    /** @param tick rung when something becomes due before the next regular look */
    Desk(Ports ports, Meters meters, Bell tick) {
        this.ports = ports;
        this.meters = meters;
        this.tick = tick;
    }

    Ports ports() {
        return ports;
    }

    Meters meters() {
        return meters;
    }

    /** A change that is not worth a snapshot. */
    private Change quiet(Run before, List<Write> writes) {
        return new Change(ports.ids().next(), before.id(), Expect.of(before), null, writes);
    }

    /** Applies what lies in the inbox of a run that nobody holds. */
    void drain(RunId id) {
        while (true) {
            Optional<Run> read = ports.ledger().reads().run(id);
            if (read.isEmpty() || read.get().isHeld()) return;
            List<Message.Delivered> inbox = ports.ledger().reads().inbox(id);
            if (inbox.isEmpty()) return;
            boolean hasSteps = ports.ledger().reads().hasSteps(id);
            var consumed = new Write.Consume(
                    inbox.stream().map(Message.Delivered::number).toList());
            // All messages of this stage ask for the same thing: the first one is enough.
            Decision decision = Rules.decide(
                    read.get(), new Command.Cancel(hasSteps), ports.ledger().now());
            Change change = switch (decision) {
                case Transition t -> change(read.get(), t, List.of(consumed));
                default -> quiet(read.get(), List.of(consumed));
            };
            if (commit(change)) return;
        }
    }

    /**
     * Applies a command to each of these runs, which nobody holds, as they were read. One that somebody else has changed
     * meanwhile is left alone: whoever looks for what is to be done meets it again.
     *
     * @param command what is to be done with it, null for nothing
     */
    void decideAll(List<Run> runs, Function<Run, @Nullable Command> command) {
        var changes = new ArrayList<Change>();
        for (Run run : runs) {
            Command asked = command.apply(run);
            if (asked == null) continue;
            switch (Rules.decide(run, asked, ports.ledger().now())) {
                case Transition t -> changes.add(change(run, t, List.of()));
                case Decision.Accepted a -> changes.add(quiet(run, List.of(new Write.Row(a.next()))));
                default -> {}
            }
        }
        List<Receipt> receipts = ports.ledger().commit(changes);
        for (int i = 0; i < changes.size(); i++) {
            if (receipts.get(i) instanceof Receipt.Applied) announce(changes.get(i));
        }
        for (Receipt receipt : receipts) if (receipt instanceof Receipt.Rejected rejected) throw rejected.why();
    }

    /** The holder is gone: each of these runs goes where the rules say. */
    void lost(List<Run> runs) {
        decideAll(runs, run -> {
            var holder = run.fence().holder();
            if (holder == null) return null;
            meters.lost();
            var stop = run.status().stop();
            boolean drained = stop != null && stop.reason() == Stop.Reason.DRAIN;
            return new Command.Lost(holder, drained ? Command.Blame.NOT_COUNTED : Command.Blame.COUNTED);
        });
    }

    /** The code of these runs, which had ended before, has left: their slots are free. */
    void left(List<Run> runs) {
        decideAll(
                runs,
                run -> run.place().lingers() == null
                        ? null
                        : new Command.Left(run.place().lingers()));
    }

    /** The change that carries out a transition of a run that this node does not hold. */
    Change change(Run before, Transition transition, List<Write> more) {
        var writes = new ArrayList<Write>(more);
        Run next = transition.next();
        if (next.isFinished() && !before.isFinished()) {
            List<StepRecord> steps = ports.ledger().reads().steps(next.id());
            var drop = Standing.drop(ports.stream().outline(next.id()), steps);
            writes.add(new Write.End(new StreamEnd(null, drop)));
            writes.add(new Write.ClearInbox());
            if (next.status().outcome() == Outcome.SYSTEM_FAILURE) {
                var error =
                        RunError.ours("lost_alone", "Whoever executed it died, again and again: " + transition.cause());
                writes.add(new Write.Payload(Write.Payload.Kind.ERROR, ErrorJson.write(error)));
            }
        }
        return change(before, transition, writes, null);
    }

    /** The change that carries out a transition, with what else must become visible with it. */
    Change change(Run before, Transition transition, List<Write> more, @Nullable Request request) {
        var id = ports.ids().next();
        Instant now = ports.ledger().now();
        var writes = new ArrayList<Write>(more);
        writes.add(new Write.Row(transition.next()));
        writes.add(new Write.Snap(Snapshot.of(transition.next(), transition.cause(), now, id)));
        return new Change(id, before.id(), Expect.of(before), request, writes);
    }

    /** Whether it was written; false if the fence did not match. */
    private boolean commit(Change change) {
        switch (ports.ledger().commit(change)) {
            case Receipt.Applied a -> {
                announce(change);
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

    private boolean dueSoon(Run run) {
        Instant soon = ports.ledger().now().plus(REGULAR_LOOK);
        Instant due = run.place().due();
        return (due != null && due.isBefore(soon))
                || run.times().deadlines().next().filter(soon::isAfter).isPresent();
    }

    private static boolean hasSnapshot(Change change) {
        return change.writes().stream().anyMatch(w -> w instanceof Write.Snap);
    }

    /** Tells whoever may be waiting for what was just written. */
    void announce(Change change) {
        for (Write write : change.writes()) {
            if (!(write instanceof Write.Row row)) continue;
            Outcome outcome = row.run().status().outcome();
            boolean left = outcome != null && row.run().place().lingers() == null;
            if (left && (row.run().place().lane() != null || !hasSnapshot(change)))
                ports.hints().work();
            if (outcome != null && hasSnapshot(change)) meters.finished(outcome);
            if (row.run().state() == RunState.QUEUED && row.run().place().due() == null)
                ports.hints().work();
            if (dueSoon(row.run())) tick.ring();
        }
        ports.hints().changed(change.run());
    }
}
