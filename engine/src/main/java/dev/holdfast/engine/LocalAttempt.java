package dev.holdfast.engine;

import dev.holdfast.core.Command;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.Source;
import dev.holdfast.engine.port.Write;
import dev.holdfast.sdk.Attempt;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An attempt whose code runs in this process. */
final class LocalAttempt implements Attempt {
    private final Holding holding;
    private final Ports ports;
    private final StreamWriter.Sender sender;
    private final Alarms alarms;
    private final Map<StepKey, StepRecord> recorded;
    private final Set<Source> sent = ConcurrentHashMap.newKeySet();
    private final int replayedThrough;
    private final Run begun;

    LocalAttempt(Holding holding, List<StepRecord> steps, Ports ports, StreamWriter.Sender sender, Alarms alarms) {
        this.holding = holding;
        this.begun = holding.run();
        this.ports = ports;
        this.sender = sender;
        this.alarms = alarms;
        this.recorded =
                steps.stream().collect(Collectors.toMap(StepRecord::key, s -> s, (a, b) -> b, ConcurrentHashMap::new));
        // The test that mutes is the one that voids.
        this.replayedThrough = dev.holdfast.core.stream.Standing.of(steps).through();
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
    public @Nullable StepRecord recorded(StepKey key) {
        return recorded.get(key);
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
        recorded.put(step.key(), step);
        if (step.status() == StepRecord.Status.CANCELLED) holding.delivered();
        return Answer.KEPT;
    }

    @Override
    public Answer park(Run.Parked mismatch) {
        if (sender.flush().isEmpty()) return Answer.SUPERSEDED;
        // A run that is to end ends here: code that does not fit cannot compensate.
        boolean kept = holding.write(new Command.Park(holding.by(), mismatch), Holding::endedFromOutside);
        return kept ? Answer.KEPT : Answer.SUPERSEDED;
    }

    @Override
    public void begin(StepKey key, int tries) {
        var before = Source.step(key, tries - 1);
        if (tries > 1 && sent.remove(before)) sender.send(new Item.Rewind(List.of(before)));
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
