package dev.holdfast.engine;

import dev.holdfast.core.Command;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.Unavailable;
import dev.holdfast.core.stream.StreamEnd;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.ErrorJson;
import dev.holdfast.engine.port.Write;
import dev.holdfast.sdk.Attempt;
import dev.holdfast.sdk.Ending;
import dev.holdfast.sdk.Execution;
import dev.holdfast.sdk.Handler;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes attempts in this process: a virtual thread for each. It knows everything that this node holds.
 *
 * <p>A slot is taken from the claim until the thread has left user code, whatever became of the run meanwhile: no second
 * executor ever starts beside a live one.
 */
final class Executor {
    private static final Logger LOG = LoggerFactory.getLogger(Executor.class);

    private final Desk desk;
    private final StreamWriter stream;
    private final LocalAttempt.Serving serving;
    private final Runnable slotFreed;
    private final Map<RunId, Holding> holdings = new ConcurrentHashMap<>();
    private volatile boolean abandoned;

    Executor(Desk desk, StreamWriter stream, LocalAttempt.Serving serving, Runnable slotFreed) {
        this.desk = desk;
        this.stream = stream;
        this.serving = serving;
        this.slotFreed = slotFreed;
    }

    /** How many slots are taken. One is free as soon as its code has left and its end is recorded, before anybody hears of that. */
    int taken() {
        int taken = 0;
        for (Holding holding : holdings.values()) if (!holding.isOver()) taken++;
        return taken;
    }

    /** The attempts that may be in user code, and where they are: not those that begin, and not those whose code has left. */
    List<String> inside() {
        return holdings.values().stream()
                .map(Holding::code)
                .filter(UserCode::isInside)
                .map(UserCode::whereabouts)
                .toList();
    }

    /** How many attempts are here, those included that have ended and clean up. */
    int present() {
        return holdings.size();
    }

    /** Whether one of those that execute is a suspect, which nobody may join. */
    boolean hasSuspect() {
        for (Holding holding : holdings.values()) if (holding.isSuspect()) return true;
        return false;
    }

    Optional<Holding> holding(RunId id) {
        return Optional.ofNullable(holdings.get(id));
    }

    /** Whether the run has not ended, as far as is known here: its end is noted before anybody is told. */
    boolean executes(Namespace namespace, RunId id) {
        Holding holding = holdings.get(id);
        return holding != null && holding.isGoing(namespace);
    }

    Collection<Holding> holdings() {
        return holdings.values();
    }

    /** Takes the slots: these runs are known to be held here from now on. */
    void reserve(List<Claimed> given) {
        for (Claimed claimed : given) holdings.put(claimed.run().id(), new Holding(desk, claimed.run()));
    }

    /** It does not begin: its slot is free, and whoever looks for what nobody executes finds it. */
    void release(Claimed claimed) {
        holdings.remove(claimed.run().id());
        slotFreed.run();
    }

    /**
     * Begins, in the slot that was reserved.
     *
     * @param histories of it and those that were given with it
     */
    void launch(Claimed claimed, Histories histories) {
        Run run = claimed.run();
        Holding holding = holdings.get(run.id());
        if (holding == null) throw new IllegalStateException("no slot is reserved for " + run.id());
        // It was given in the same moment.
        if (abandoned) holding.abandon();
        desk.ports().hints().changed(run.id());
        desk.claimed(run);
        desk.ports()
                .threads()
                .task(run.id() + " epoch " + run.fence().epoch(), () -> execute(holding, claimed, histories));
    }

    /** Asks every attempt to leave. */
    void drain() {
        for (Holding holding : holdings.values()) {
            try {
                holding.drain();
            } catch (Unavailable e) {
                LOG.warn(
                        "{} is left as it is until the next boot: {}",
                        holding.run().id(),
                        e.getMessage());
            }
        }
    }

    /** Tells every attempt to leave; nothing is written for them any more. */
    void abandon() {
        abandoned = true;
        holdings.values().forEach(Holding::abandon);
    }

    private void execute(Holding holding, Claimed claimed, Histories histories) {
        Run run = claimed.run();
        try {
            // Cut off in the meantime: what is read now may be answered long after it had to leave.
            if (isTooLate(holding)) return;
            var opening = new Opening(holding, desk.ports(), stream);
            var history = opening.read(histories);
            var sender = opening.open(history);
            holding.sends(sender);
            // Also if it is too late: its children are told, whom it knows by what is recorded.
            var attempt = new LocalAttempt(holding, history.steps(), sender, serving);
            Handler<?, ?> handler = serving.starts().handler(run.origin().task());
            if (handler == null)
                throw new IllegalStateException(
                        "no code for task " + run.origin().task());
            holding.code().enter();
            if (isTooLate(holding)) return;
            Ending ending = Execution.run(
                    handler, attempt, claimed.input(), desk.ports().codec());
            holding.code().left();
            end(new Left(holding, attempt), ending, sender.flush());
        } catch (Throwable e) {
            holding.code().left();
            abandon(holding, e);
        } finally {
            holding.code().left();
            holdings.remove(run.id(), holding);
            if (!abandoned && holding.leavesChildren()) desk.post(run.id());
            vacate(holding.run());
            slotFreed.run();
        }
    }

    /** It is not ours any more, or was ended from outside before its code could begin. */
    private static boolean isTooLate(Holding holding) {
        return holding.standing() == Attempt.Standing.SUPERSEDED || holding.hasEnded();
    }

    /** A run that was ended before its code had left kept its slots until now. */
    private void vacate(Run run) {
        if (abandoned || run.place().lingers() == null) return;
        try {
            desk.left(List.of(run));
        } catch (RuntimeException e) {
            LOG.warn("{} keeps its slots until the next look: {}", run.id(), e.getMessage());
        }
    }

    /**
     * The trouble is ours, not the run's: it goes back to the queue, so that nobody holds what nobody executes. That is
     * tried until it is written, unless the node closes: then the next boot finds the run held by somebody who is gone.
     */
    private void abandon(Holding holding, Throwable trouble) {
        RunId id = holding.run().id();
        // A ledger that fails says nothing about the run.
        var blame = trouble instanceof Unavailable ? Command.Blame.NOT_COUNTED : Command.Blame.COUNTED;
        if (abandoned) return;
        if (holding.standing() != Attempt.Standing.DRAINING) {
            LOG.error("{} could not be executed; it is queued again", id, trouble);
        }
        // What cannot be read now is not tried again in a tight loop.
        if (trouble instanceof Unavailable) rest();
        boolean told = false;
        while (holding.standing() != Attempt.Standing.DRAINING) {
            try {
                holding.write(
                        new Command.Lost(holding.by().holder(), blame), next -> abandoned(holding, next, trouble));
                return;
            } catch (Unavailable e) {
                if (!told) LOG.warn("{} could not be queued again, trying until it can: {}", id, e.getMessage());
                told = true;
                rest();
            } catch (RuntimeException e) {
                LOG.error("{} could not be queued again; the next boot does it", id, e);
                return;
            }
        }
        LOG.warn("{} was left where it is until the next boot: {}", id, trouble.getMessage());
    }

    private static List<Write> abandoned(Holding holding, Run next, Throwable trouble) {
        var writes = new ArrayList<>(holding.endedFromOutside(next));
        if (next.status().outcome() == Outcome.SYSTEM_FAILURE) {
            var error = RunError.ours("engine_failed", "It could not be executed: " + trouble);
            writes.add(new Write.Payload(Write.Payload.Kind.ERROR, ErrorJson.write(error)));
        }
        return writes;
    }

    private void rest() {
        try {
            desk.ports().threads().bell().await(Holding.LEDGER_AGAIN);
        } catch (InterruptedException e) {
            // Somebody wants it to leave, which is what it is about to do.
        }
    }

    /** An attempt whose code has left. */
    private record Left(Holding holding, LocalAttempt attempt) {}

    private void end(Left left, Ending ending, OptionalLong last) {
        if (last.isEmpty()) return;
        var by = left.holding().by();
        switch (ending) {
            case Ending.Returned r ->
                finish(
                        left.holding(),
                        new Command.Succeed(by),
                        last,
                        List.of(new Write.Payload(Write.Payload.Kind.OUTPUT, r.json())));
            case Ending.Threw t -> fail(left, t, last);
            case Ending.Left l -> leave(left, l.why(), last);
        }
    }

    private void fail(Left left, Ending.Threw threw, OptionalLong last) {
        Holding holding = left.holding();
        var writes = new ArrayList<Write>();
        writes.add(new Write.Payload(Write.Payload.Kind.ERROR, ErrorJson.write(threw.error())));
        Run failed = holding.run();
        var command =
                new Command.Fail(holding.by(), threw.error(), desk.ports().ids().dice());
        holding.write(command, next -> {
            if (!next.isFinished() && !threw.toHistory().isEmpty()) {
                writes.addAll(
                        Undoing.of(failed, threw.toHistory(), left.attempt().recorded(), desk.ports()));
            }
            return with(next, last, writes);
        });
    }

    private void leave(Left left, Ending.Why why, OptionalLong last) {
        Holding holding = left.holding();
        RunState state = holding.run().state();
        switch (why) {
            // Parked, or ended by its stop deadline: that was written when it was decided.
            case SUPERSEDED ->
                LOG.info(
                        "{} was taken over; this attempt stopped", holding.run().id());
            case GIVEN_UP -> {
                // What is parked or has ended was written when it was decided. A compensation that a closing node
                // interrupts is not over: whoever claims the run next takes it up.
                boolean executes = state == RunState.RUNNING || state == RunState.BLOCKED || state == RunState.STOPPING;
                if (!executes) return;
                if (holding.leavesCompensation()) {
                    giveBack(holding);
                    return;
                }
                var leave = left.attempt().leave();
                if (leave == null) finish(holding, new Command.Stopped(holding.by(), false), last, List.of());
                else giveUp(left, leave, last);
            }
            case CANCELLED -> finish(holding, new Command.Stopped(holding.by(), true), last, List.of());
        }
    }

    /** Back to the queue, and nobody is blamed. */
    private static void giveBack(Holding holding) {
        var lost = new Command.Lost(holding.by().holder(), Command.Blame.NOT_COUNTED);
        holding.write(lost, holding::endedFromOutside);
    }

    private void giveUp(Left left, Blocking.Leave leave, OptionalLong last) {
        left.holding().intake().giveUp(leave, left.attempt().recorded(), next -> with(next, last, List.of()));
        // Whoever posted something meanwhile found it held, and left it to this node.
        desk.drain(left.holding().run().id());
    }

    private void finish(Holding holding, Command command, OptionalLong last, List<Write> writes) {
        holding.write(command, next -> with(next, last, writes));
    }

    /** What ends with a run that ends. */
    private static List<Write> with(Run next, OptionalLong last, List<Write> writes) {
        if (!next.isFinished()) return withoutOutput(writes);
        var all = new ArrayList<>(next.status().outcome() == Outcome.SUCCEEDED ? writes : withoutOutput(writes));
        all.add(new Write.End(new StreamEnd(last.getAsLong(), List.of())));
        all.add(new Write.ClearInbox());
        return all;
    }

    /** Only a run that succeeded has an output. */
    private static List<Write> withoutOutput(List<Write> writes) {
        return writes.stream()
                .filter(w -> !(w instanceof Write.Payload p && p.kind() == Write.Payload.Kind.OUTPUT))
                .toList();
    }
}
