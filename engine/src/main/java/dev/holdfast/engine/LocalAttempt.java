package dev.holdfast.engine;

import dev.holdfast.core.Command;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Firings;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.Source;
import dev.holdfast.engine.port.Transactions;
import dev.holdfast.engine.port.Write;
import dev.holdfast.sdk.Attempt;
import dev.holdfast.sdk.ChildStart;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** An attempt whose code runs in this process. */
final class LocalAttempt implements Attempt {
    /** How often to look whether the node is heard of again, which is seldom so long that anything waits for it. */
    private static final Duration SILENT = Duration.ofMillis(50);

    private final Holding holding;
    private final Ports ports;
    private final Sender sender;
    private final Alarms alarms;
    private final Recorded recorded;
    private final Starts starts;
    private final Blocking blocking;
    private final Set<Source> sent = ConcurrentHashMap.newKeySet();
    private final int replayedThrough;
    private final Run begun;

    LocalAttempt(Holding holding, List<StepRecord> steps, Sender sender, Serving serving) {
        this.holding = holding;
        this.begun = holding.run();
        this.ports = serving.ports();
        this.sender = sender;
        this.alarms = serving.alarms();
        this.starts = serving.starts();
        this.recorded = new Recorded(steps, ports.threads().bell());
        this.blocking = new Blocking(holding, recorded, ports);
        // The test that mutes is the one that voids.
        this.replayedThrough = dev.holdfast.core.stream.Standing.of(steps).through();
        holding.begin(Thread.currentThread(), recorded);
    }

    /** What attempts are served with. */
    record Serving(Ports ports, Alarms alarms, Starts starts) {}

    /** Set if the code was asked to leave because it waits. */
    Blocking.@Nullable Leave leave() {
        return blocking.leave();
    }

    Recorded recorded() {
        return recorded;
    }

    @Override
    public RunId run() {
        return begun.id();
    }

    @Override
    public int number() {
        return begun.tries().attempt();
    }

    @Override
    public long epoch() {
        return holding.by().epoch();
    }

    @Override
    public Optional<Instant> scheduledAt() {
        return Firings.plannedAt(begun.origin().tags());
    }

    @Override
    public @Nullable StepRecord recorded(StepKey key) {
        return recorded.at(key);
    }

    @Override
    public int replayedThrough() {
        return replayedThrough;
    }

    @Override
    public Answer record(StepRecord step) {
        // A step's chunks are durable before its record: a recorded step never sends them again.
        if (sender.flush().isEmpty()) return Answer.SUPERSEDED;
        var command = new Command.RecordStep(holding.by());
        if (!holding.write(command, new Write.Step(step))) return Answer.SUPERSEDED;
        return Answer.KEPT;
    }

    @Override
    public void delivered() {
        holding.delivered();
    }

    @Override
    public Answer park(Run.Parked mismatch) {
        if (sender.flush().isEmpty()) return Answer.SUPERSEDED;
        // A run that is to end ends here: code that does not fit cannot compensate.
        boolean kept = holding.write(new Command.Park(holding.by(), mismatch), holding::endedFromOutside);
        return kept ? Answer.KEPT : Answer.SUPERSEDED;
    }

    @Override
    public void begin(StepKey key, int tries) {
        awaitServing();
        var before = Source.step(key, tries - 1);
        if (tries > 1 && sent.remove(before)) sender.send(new Item.Rewind(List.of(before)));
    }

    /**
     * A node that has not been heard of for a while begins no step: it may have been frozen since it was last told anything,
     * and others may execute what it held. It is told to leave, or it goes on.
     */
    private void awaitServing() {
        settle(() -> ports.peers().serving() || !mayBegin(), SILENT);
    }

    private boolean mayBegin() {
        return switch (standing()) {
            case GOING, CANCELLED -> true;
            case SUPERSEDED, DRAINING, STOPPED -> false;
        };
    }

    @Override
    public void send(Source source, String json) {
        if (!source.isBetweenSteps()) sent.add(source);
        sender.send(new Item.Chunk(source, json));
    }

    @Override
    public Standing standing() {
        return holding.standing();
    }

    @Override
    public Instant now() {
        return ports.ledger().now();
    }

    @Override
    public double dice() {
        return ports.ids().dice();
    }

    @Override
    public void pause(Duration time) throws InterruptedException {
        if (!time.isPositive()) return;
        ports.threads().bell().await(time);
    }

    @Override
    public Waited await(Wish wish) {
        if (sender.flush().isEmpty()) return Waited.SUPERSEDED;
        holding.intake().waiting(true);
        try {
            return blocking.await(wish);
        } finally {
            holding.intake().waiting(false);
        }
    }

    @Override
    public void wake() {
        recorded.ring();
    }

    @Override
    public void settle(BooleanSupplier over) {
        settle(over, Duration.ofSeconds(1));
    }

    private void settle(BooleanSupplier over, Duration again) {
        boolean interrupted = false;
        while (!over.getAsBoolean()) {
            try {
                recorded.await(again);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    @Override
    public Thread beside(String name, Runnable body) {
        return ports.threads().task(run() + " step " + name, () -> {
            holding.code().begin(Thread.currentThread());
            try {
                body.run();
            } finally {
                holding.code().left(Thread.currentThread());
            }
        });
    }

    @Override
    public Answer start(ChildStart child) {
        if (sender.flush().isEmpty()) return Answer.SUPERSEDED;
        return holding.intake().startChild(starts.child(begun, child), child) ? Answer.KEPT : Answer.SUPERSEDED;
    }

    @Override
    public Answer token(StepKey key, String name, Duration open) {
        if (sender.flush().isEmpty()) return Answer.SUPERSEDED;
        String id = TokenRecord.newId(RunId.of(ports.ids().next()));
        Instant until = now().plus(Defaults.atMostLongest(open));
        boolean kept = holding.write(
                new Command.RecordStep(holding.by()),
                new Write.Step(StepRecord.done(key, name, epoch(), 1, TokenRecord.json(id, until))),
                new Write.OpenToken(key, id, until));
        return kept ? Answer.KEPT : Answer.SUPERSEDED;
    }

    @Override
    public boolean transacts() {
        return ports.ledger().transactions().isPresent();
    }

    @Override
    public Transaction transaction() throws InterruptedException {
        return new Joint(ports.ledger().transactions().orElseThrow().begin());
    }

    /** A transaction of user code's, and the record of the step with it. */
    private final class Joint implements Transaction {
        private final Transactions.Open open;

        Joint(Transactions.Open open) {
            this.open = open;
        }

        @Override
        public Connection connection() {
            return open.connection();
        }

        @Override
        public void conclude() throws SQLException {
            open.conclude();
        }

        @Override
        public Answer commit(StepRecord step) throws SQLException {
            if (sender.flush().isEmpty()) return Answer.SUPERSEDED;
            try {
                boolean kept = holding.write(new Command.RecordStep(holding.by()), open, new Write.Step(step));
                return kept ? Answer.KEPT : Answer.SUPERSEDED;
            } catch (Refused e) {
                if (e.getCause() instanceof SQLException why) throw why;
                throw e;
            }
        }

        @Override
        public boolean rollback() {
            return open.rollback();
        }

        @Override
        public void close() {
            open.close();
        }
    }

    @Override
    public Alarm interruptAfter(Duration time) {
        return new Interrupt(Thread.currentThread(), time);
    }

    /** Interrupts its thread at most once, and never after it was closed. */
    private final class Interrupt implements Alarm {
        private final Thread target;
        private final Alarms.Alarm alarm;
        private boolean rang;
        private boolean closed;

        Interrupt(Thread target, Duration time) {
            this.target = target;
            this.alarm = alarms.after(time, this::ring);
        }

        private synchronized void ring() {
            if (closed) return;
            rang = true;
            target.interrupt();
        }

        @Override
        public synchronized boolean rang() {
            return rang;
        }

        @Override
        public void close() {
            alarm.close();
            synchronized (this) {
                closed = true;
                // The interrupt was ours; one that came for another reason shows in the standing as well.
                if (rang && target.equals(Thread.currentThread())) Thread.interrupted();
            }
        }
    }
}
