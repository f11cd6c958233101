package dev.holdfast.testkit.world;

import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.Ports;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.Peers;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.system.LocalHints;
import dev.holdfast.sdk.Codec;
import dev.holdfast.testkit.memory.MemoryPeers;
import dev.holdfast.testkit.memory.MemoryStore;
import dev.holdfast.testkit.sim.Gate;
import dev.holdfast.testkit.sim.SimProcess;
import dev.holdfast.testkit.sim.Turns;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One boot of the node: a process with the real engine in it. */
final class Node {
    /** What the names of its processes begin with. */
    static final String NAME = "node ";

    private static final int SLOTS = 3;

    private final Turns turns;
    private final SimProcess process;
    private final MemoryStore store;
    private final MemoryPeers peers;
    private final Supplier<Engine> opens;
    private @Nullable Engine engine;
    private boolean failed;
    private boolean closed;
    private boolean replaced;

    private Node(World world, SimProcess process, Chaos chaos, Workload.Edition edition) {
        this.turns = world.turns();
        this.process = process;
        this.store = world.open();
        this.peers = store.peers();
        var traffic = new Traffic(world, chaos, store);
        var gate = new Gate(world.turns(), traffic);
        var ports = new Ports(
                gate.around(Ledger.class, traffic.ledger()),
                gate.around(StreamLog.class, store.stream()),
                gate.around(Hints.class, world.isCluster() ? world.wire().of(store.node()) : new LocalHints()),
                process,
                world.clock(),
                world.ids(),
                Codec.json(),
                world.isCluster() ? peers : Peers.alone(store.node()));
        var options = new EngineOptions(
                SLOTS,
                Duration.ofSeconds(1),
                world.kept(),
                Duration.ofSeconds(2),
                OpenTelemetry.noop().getMeter("simulation"));
        var workload = new Workload(world, SLOTS);
        this.opens = () -> Engine.open(ports, options, workload.handlers(edition));
    }

    /** Begins to boot; the boot too can meet its end at any point. */
    static Node boot(World world, SimProcess process, Chaos chaos, Workload.Edition edition) {
        var node = new Node(world, process, chaos, edition);
        process.task("boot", node::boot);
        return node;
    }

    private void boot() {
        try {
            engine = opens.get();
        } catch (Unavailable e) {
            failed = true;
        }
    }

    /** It was cut off: it stops what it does. */
    void abandon() {
        Engine present = engine;
        if (present != null && !process.isDead()) process.task("abandon", present::abandon);
    }

    /** Whether no user code executes. */
    boolean isIdle() {
        return engine == null || engine.executing() == 0;
    }

    /** It was cut off and not declared dead: it begins anew, as the same node. */
    void reopen() {
        Engine before = engine;
        process.task("boot", () -> {
            if (before != null) before.close();
            boot();
        });
    }

    MemoryPeers peers() {
        return peers;
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

    /** Whether it has ended in its own time. */
    boolean hasLeft() {
        return closed;
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
