package dev.holdfast.testkit.world;

import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.Ports;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.system.LocalHints;
import dev.holdfast.sdk.Codec;
import dev.holdfast.testkit.memory.MemoryStore;
import dev.holdfast.testkit.sim.Gate;
import dev.holdfast.testkit.sim.SimProcess;
import dev.holdfast.testkit.sim.Turns;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One boot of the node: a process with the real engine in it. */
final class Node {
    /** What the names of its processes begin with. */
    static final String NAME = "node ";

    private static final int SLOTS = 3;

    private final Turns turns;
    private final SimProcess process;
    private final MemoryStore store;
    private @Nullable Engine engine;
    private boolean failed;
    private boolean closed;
    private boolean replaced;

    private Node(Turns turns, SimProcess process, MemoryStore store) {
        this.turns = turns;
        this.process = process;
        this.store = store;
    }

    /** Begins to boot; the boot too can meet its end at any point. */
    static Node boot(
            World world, SimProcess process, MemoryStore store, Gate.Traffic traffic, Workload.Edition edition) {
        var node = new Node(world.turns(), process, store);
        var gate = new Gate(world.turns(), traffic);
        var ports = new Ports(
                gate.around(Ledger.class, node.store.ledger()),
                gate.around(StreamLog.class, node.store.stream()),
                gate.around(Hints.class, new LocalHints()),
                process,
                world.clock(),
                world.ids(),
                Codec.json(),
                node.store.node());
        var options = new EngineOptions(
                SLOTS,
                Duration.ofSeconds(1),
                world.kept(),
                Duration.ofSeconds(2),
                OpenTelemetry.noop().getMeter("simulation"));
        var workload = new Workload(world, SLOTS);
        process.task("boot", () -> {
            try {
                node.engine = Engine.open(ports, options, workload.handlers(edition));
            } catch (Unavailable e) {
                node.failed = true;
            }
        });
        return node;
    }

    MemoryStore store() {
        return store;
    }

    SimProcess process() {
        return process;
    }

    boolean isUp() {
        return engine != null && !isDown();
    }

    /** Whether nobody will be answered any more. */
    boolean isDown() {
        return process.isDead() || failed || closed || replaced;
    }

    /** It stands still, and whoever waits for it gives up: another one takes its place. */
    void freeze() {
        replaced = true;
        process.freeze();
    }

    /** Whether another one has taken its place: what it still does is a zombie's. */
    boolean isReplaced() {
        return replaced;
    }

    /** The answer to a request, as it comes over a connection that may break. */
    private static final class Answer<T> {
        private @Nullable T value;
        private @Nullable RuntimeException thrown;
        private boolean came;
    }

    /**
     * Asks the engine, on a thread of its process.
     *
     * @throws Unavailable indeterminate if the node died before it had answered
     */
    <T> T ask(String what, Function<Engine, T> request) throws InterruptedException {
        Engine present = engine;
        if (present == null || isDown()) throw Unavailable.notApplied("down", "the node is down", null);
        var answer = new Answer<T>();
        process.task(what, () -> {
            try {
                answer.value = request.apply(present);
            } catch (RuntimeException e) {
                answer.thrown = e;
            }
            answer.came = true;
        });
        turns.await("answer to " + what, () -> answer.came || isDown(), null);
        T value = answer.value;
        if (!answer.came) throw Unavailable.indeterminate("connection_lost", "the node died", null);
        if (answer.thrown != null) throw answer.thrown;
        if (value == null) throw new IllegalStateException("no answer to " + what);
        return value;
    }

    /** A clean end: what has not left then is gone with the process. */
    void close() throws InterruptedException {
        try {
            ask("close", present -> {
                present.close();
                return true;
            });
        } catch (Unavailable e) {
            // It died while it closed.
        }
        closed = true;
        process.kill();
    }
}
