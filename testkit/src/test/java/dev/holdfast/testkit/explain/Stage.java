package dev.holdfast.testkit.explain;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepRecord;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.Explanation;
import dev.holdfast.engine.Ports;
import dev.holdfast.engine.Runs;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.Peers;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.system.LocalHints;
import dev.holdfast.sdk.Codec;
import dev.holdfast.testkit.SeededIds;
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
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The real engine on a ledger in memory, with threads that take turns and a clock that only moves when it is told to. */
final class Stage implements AutoCloseable {
    static final Namespace HOME = Namespace.DEFAULT;
    private static final int ALL = 1_000;
    private static final long POINTS = 1_000_000;
    private static final Duration GRACE = Duration.ofDays(1);

    private final Turns turns;
    private final Ids ids;
    private final MemoryDisk disk = new MemoryDisk();
    private final EngineOptions options;
    private final Plots plots;
    private MemoryStore store;
    private SimProcess process;
    private Engine engine;
    private int boots;
    private boolean stirred;
    private boolean closing;

    Stage(Random random) {
        this.turns = new Turns(whoKeepsItsTurn(random));
        this.ids = new SeededIds(random.nextLong(), turns.clock());
        // As often as a real node, or so seldom that nothing may depend on it.
        var look = random.nextInt(3) > 0 ? Duration.ofSeconds(1) : Duration.ofHours(1);
        this.options = new EngineOptions(
                1 + random.nextInt(5),
                look,
                Defaults.RUN_RETENTION,
                GRACE,
                OpenTelemetry.noop().getMeter("test"));
        this.plots = new Plots(turns);
        this.process = turns.process("none");
        this.store = MemoryStore.open(disk, turns.clock(), ids);
        this.engine = open(Plots.NAMES, 1);
    }

    /** Who has the turn keeps it until it waits: what is asked and what is read beside it is of one moment. */
    private Choice whoKeepsItsTurn(Random random) {
        return new Choice() {
            @Override
            public int pick(int count, Current current) {
                return current == Current.CAN_GO_ON && !stirred ? count - 1 : random.nextInt(count);
            }

            @Override
            public boolean hurries() {
                return false;
            }
        };
    }

    /** The process dies and another one boots, with the code of these tasks in this edition. */
    void reboot(Set<String> tasks, int edition) {
        process.kill();
        engine = open(tasks, edition);
        settle();
    }

    private Engine open(Set<String> tasks, int edition) {
        turns.limit(POINTS);
        process = turns.process("node " + ++boots);
        store = MemoryStore.open(disk, turns.clock(), ids);
        var gate = new Gate(turns, new Undisturbed());
        var ports = new Ports(
                gate.around(Ledger.class, store.ledger()),
                gate.around(StreamLog.class, store.stream()),
                gate.around(Hints.class, new LocalHints()),
                process,
                turns.clock(),
                ids,
                Codec.json(),
                Peers.alone(store.node()));
        return Engine.open(ports, options, plots.handlers(tasks, edition));
    }

    /** The node begins to close, and waits for those that do not leave. */
    void close(Runnable meanwhile) {
        Engine leaving = engine;
        closing = true;
        process.task("close", () -> {
            leaving.close();
            closing = false;
        });
        settle();
        meanwhile.run();
    }

    /** Whether it waits for them still. */
    boolean isClosing() {
        return closing;
    }

    /** Whether it looks around by itself; only then does it find out that a suspect has waited too long. */
    boolean looks() {
        return options.look().compareTo(Duration.ofMinutes(1)) < 0;
    }

    Plots plots() {
        return plots;
    }

    Engine engine() {
        return engine;
    }

    Instant now() {
        return turns.now();
    }

    /** Everything happens that needs no time. */
    void settle() {
        turns.limit(POINTS);
        turns.settle();
    }

    /** Somebody gets a turn, and perhaps somebody else after that. */
    void stir() {
        stirred = true;
        turns.point("stir");
        stirred = false;
    }

    /** Time passes, and nothing comes from outside. */
    void pass(Duration time) {
        moveTo(now().plus(time));
        settle();
    }

    /** Until this moment, in which nothing has happened yet but what came before the clock's turn to be asked. */
    void moveTo(Instant time) {
        turns.limit(POINTS);
        if (!time.isAfter(now())) return;
        try {
            turns.sleep(Duration.between(now(), time));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    RunId start(String task, int input, StartRequest.Options how) {
        return engine.start(new StartRequest(HOME, task, "" + input, StartRequest.Identity.NONE, how))
                .id();
    }

    Explanation explain(RunId id) {
        return engine.explain(HOME, id);
    }

    void signal(RunId id, String name) {
        engine.signal(HOME, id, new Runs.Sent(name, "\"sent\""), null);
    }

    Reads reads() {
        return store.ledger().reads();
    }

    Run read(RunId id) {
        return reads().run(id).orElseThrow();
    }

    List<Run> runs() {
        return reads().runs(HOME, RunFilter.ALL, null, ALL);
    }

    /** What became of a run after what was said of it, first of all. */
    Optional<Snapshot> after(Said said) {
        return reads().view(HOME, said.id()).orElseThrow().snapshots().stream()
                .filter(s -> s.seq() == said.run().fence().seq() + 1)
                .findFirst();
    }

    /** Whether a run of this queue was claimed at this moment. */
    boolean wasClaimed(String queue, Instant at) {
        return runs().stream()
                .filter(r -> r.place().queue().equals(queue))
                .flatMap(r -> reads().view(HOME, r.id()).orElseThrow().snapshots().stream())
                .anyMatch(s -> s.at().equals(at) && s.cause().startsWith("claim"));
    }

    /** How far a step is now. */
    StepRecord.Status status(RunId id, String key) {
        return reads().steps(id).stream()
                .filter(s -> s.key().toString().equals(key))
                .findFirst()
                .orElseThrow()
                .status();
    }

    boolean hasEndedAt(RunId id, Instant at) {
        Run run = read(id);
        return run.isFinished() && at.equals(run.times().finished());
    }

    boolean parentHasEnded(Said said) {
        var parent = said.run().origin().parent();
        return parent != null && read(parent.run()).isFinished();
    }

    /** All runs that have not left, and what is said of them. */
    @Override
    public String toString() {
        return runs().stream()
                .filter(r -> !r.isFinished() || r.place().lingers() != null)
                .map(r -> r.origin().task() + " " + r.id() + " " + r.state() + " " + r.tries() + ": "
                        + explain(r.id()).sentence())
                .collect(Collectors.joining("\n"));
    }

    @Override
    public void close() {
        turns.close();
    }

    private static final class Undisturbed implements Gate.Traffic {
        @Override
        public boolean before(Gate.Call call) {
            return true;
        }

        @Override
        public void done(Gate.Call call, @Nullable Object answer) {}

        @Override
        public void after(Gate.Call call, @Nullable Object answer) {}
    }
}
