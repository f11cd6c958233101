package dev.holdfast.testkit;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.Ports;
import dev.holdfast.engine.Runs;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.Peers;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.system.LocalHints;
import dev.holdfast.sdk.Codec;
import dev.holdfast.sdk.Hosted;
import dev.holdfast.testkit.TestHoldfast.Write;
import dev.holdfast.testkit.memory.MemoryDisk;
import dev.holdfast.testkit.memory.MemoryStore;
import dev.holdfast.testkit.sim.Choice;
import dev.holdfast.testkit.sim.Gate;
import dev.holdfast.testkit.sim.SimProcess;
import dev.holdfast.testkit.sim.Turns;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The engine of a test: whichever boot of it is alive, on one disk. */
final class TestNode implements AutoCloseable {
    /** Every hint arrives, so there is nothing to find by looking. Without hints it looks as often as a real one. */
    private static final Duration LOOK = Duration.ofHours(1);

    private static final int SLOTS = 16;
    private static final int ALL = 100_000;
    private static final long POINTS = 50_000_000;

    private final Turns turns = new Turns(Choice.inOrder());
    private final Ids ids = new SeededIds(1, turns.clock());
    private final Codec codec = Codec.json();
    private final MemoryDisk disk = new MemoryDisk();
    private final List<Hosted> hosted;
    private final SimProcess outside = turns.process("test");
    private final MemoryStore store = MemoryStore.open(disk, turns.clock(), ids);
    private final Ports ports;
    private @Nullable Engine engine;
    private SimProcess process = outside;
    private @Nullable RuntimeException refused;
    private @Nullable Predicate<Write> crash;
    private boolean hintsAreLost;
    private boolean closed;
    private int boots;

    private TestNode(List<Hosted> hosted) {
        this.hosted = hosted;
        this.ports = portsOf(store, outside);
    }

    static TestNode boot(List<Hosted> hosted) {
        var node = new TestNode(hosted);
        try {
            node.bootOnce();
            node.turnUntil("the boot", () -> node.engine != null || node.refused != null);
            RuntimeException why = node.refused;
            if (why != null) throw why;
            node.outside.task("supervisor", node::supervise);
            return node;
        } catch (RuntimeException | Error e) {
            node.close();
            throw e;
        }
    }

    /** A process that dies is started again at once. */
    private void supervise() {
        while (!closed) {
            turnUntil("a crash", () -> process.isDead());
            bootOnce();
        }
    }

    private void bootOnce() {
        engine = null;
        var next = turns.process("node " + ++boots);
        process = next;
        var its = portsOf(MemoryStore.open(disk, turns.clock(), ids), next);
        var options = new EngineOptions(
                SLOTS,
                LOOK,
                Defaults.RUN_RETENTION,
                Duration.ofSeconds(5),
                OpenTelemetry.noop().getMeter("test"));
        next.task("boot", () -> {
            try {
                engine = Engine.open(its, options, hosted);
            } catch (RuntimeException e) {
                refused = e;
            }
        });
    }

    private Ports portsOf(MemoryStore store, SimProcess of) {
        var gate = new Gate(turns, new Witness(this));
        return new Ports(
                gate.around(Ledger.class, store.ledger()),
                gate.around(StreamLog.class, store.stream()),
                gate.around(Hints.class, new LocalHints()),
                new Looks(of, () -> hintsAreLost),
                turns.clock(),
                ids,
                codec,
                Peers.alone(store.node()));
    }

    /** What the test itself reads and waits with. */
    Ports outside() {
        return ports;
    }

    Instant now() {
        return turns.now();
    }

    void crashAfter(Predicate<Write> when) {
        crash = when;
    }

    void loseHints() {
        hintsAreLost = true;
        // Those who sleep until the next look know nothing of it yet.
        process.wake();
    }

    boolean hintsAreLost() {
        return hintsAreLost;
    }

    /** Something is durable. */
    void written(Write write) {
        Predicate<Write> when = crash;
        if (when == null || !when.test(write)) return;
        crash = null;
        process.kill();
    }

    private void turnUntil(String what, java.util.function.BooleanSupplier over) {
        try {
            turns.await(what, over, null);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("the thread of the test was interrupted", e);
    }

    private static final class Answer<T> {
        private @Nullable T value;
        private @Nullable RuntimeException thrown;
        private boolean came;
    }

    /** Asks something that changes nothing: again, if the engine dies meanwhile. */
    <T> T ask(String what, Function<Runs, T> question) {
        while (true) {
            try {
                return askOnce(what, question);
            } catch (Unavailable e) {
                if (!e.indeterminate()) throw e;
            }
        }
    }

    /**
     * Asks the engine, on a thread of its process.
     *
     * @throws Unavailable indeterminate if it died before it had answered
     */
    <T> T askOnce(String what, Function<Runs, T> question) {
        if (closed) throw new IllegalStateException("this TestHoldfast is closed");
        turns.limit(POINTS);
        turnUntil("the next boot", () -> engine != null && !process.isDead());
        Engine present = engine;
        SimProcess its = process;
        if (present == null) throw new IllegalStateException("it has not booted");
        var answer = new Answer<T>();
        its.task(what, () -> {
            try {
                answer.value = question.apply(present);
            } catch (RuntimeException e) {
                answer.thrown = e;
            }
            answer.came = true;
        });
        turnUntil("the answer to " + what, () -> answer.came || its.isDead());
        if (answer.thrown != null) throw answer.thrown;
        T value = answer.value;
        if (value != null) return value;
        throw Unavailable.indeterminate(
                "connection_lost",
                "the engine died before it had answered '" + what
                        + "': it may have been done. Repeat it with the same request id",
                null);
    }

    void settle() {
        turns.limit(POINTS);
        turns.settle();
    }

    void advance(Duration time) {
        if (time.isNegative()) throw new IllegalArgumentException("time does not go backwards: " + time);
        turns.limit(POINTS);
        try {
            turns.settle();
            turns.sleep(time);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        turns.settle();
    }

    /**
     * Lets time pass until the run has ended.
     *
     * @param limit how much at most, null for as much as it takes
     * @return whether it has ended, or is not there; false if the time has passed, or nothing can ever happen
     */
    boolean passUntilEnd(RunId id, @Nullable Duration limit) throws InterruptedException {
        Instant until = limit == null ? Instant.MAX : now().plus(limit);
        Instant idleSince = now();
        while (true) {
            settle();
            if (hasEnded(id)) return true;
            if (somethingIsDue()) idleSince = now();
            boolean idle = now().isAfter(idleSince.plus(LOOK).plus(LOOK));
            Duration left = limit == null ? LOOK : Duration.between(now(), until);
            if (limit == null ? idle : !left.isPositive()) return false;
            Duration next = turns.nextEnd();
            turns.sleep(next != null && next.compareTo(left) < 0 ? next : left);
        }
    }

    /** What is written down, read past the engine and without a turn. */
    private Reads disk() {
        return store.ledger().reads();
    }

    /** Of the newest snapshot; 0 if the run is not there. */
    long seq(RunId id) {
        return disk().run(id).map(run -> run.fence().seq()).orElse(0L);
    }

    private boolean hasEnded(RunId id) {
        return disk().run(id).map(Run::isFinished).orElse(true);
    }

    /** Whether some run waits for a time that will come: in the ledger, or in its code. */
    private boolean somethingIsDue() {
        if (turns.isTimed("attempt")) return true;
        return disk().runs(Namespace.DEFAULT, RunFilter.ALL, null, ALL).stream()
                .anyMatch(run -> !run.isFinished()
                        && (isToCome(run.place().due())
                                || isToCome(run.times().deadlines().next().orElse(null))));
    }

    private boolean isToCome(@Nullable Instant time) {
        return time != null && time.isAfter(now());
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        turns.close();
    }
}
