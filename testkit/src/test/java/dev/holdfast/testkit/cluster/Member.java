package dev.holdfast.testkit.cluster;

import dev.holdfast.core.Holder;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.Ports;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.system.LocalHints;
import dev.holdfast.sdk.Codec;
import dev.holdfast.sdk.Hosted;
import dev.holdfast.testkit.memory.MemoryPeers;
import dev.holdfast.testkit.memory.MemoryStore;
import dev.holdfast.testkit.sim.Gate;
import dev.holdfast.testkit.sim.SimProcess;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One node of a {@link Site}. */
final class Member implements Gate.Traffic {
    private final Site site;
    private final MemoryStore store;
    private final MemoryPeers peers;
    private final SimProcess process;
    private final List<Hosted> hosted;
    private final LocalHints hints = new LocalHints();
    private @Nullable Engine engine;
    private Consumer<Gate.Call> spoils = call -> {};
    int writes;

    Member(Site site, MemoryStore store, SimProcess process, List<Hosted> hosted) {
        this.site = site;
        this.store = store;
        this.peers = store.peers();
        this.process = process;
        this.hosted = hosted;
    }

    /** Opens an engine; a second one is under the same holder. */
    void open() {
        var gate = new Gate(site.turns, this);
        var ports = new Ports(
                gate.around(Ledger.class, store.ledger()),
                gate.around(StreamLog.class, store.stream()),
                new Around(),
                process,
                site.turns.clock(),
                site.ids,
                Codec.json(),
                peers);
        engine = Engine.open(ports, site.options(), hosted);
    }

    Engine engine() {
        if (engine == null) throw new IllegalStateException("it has not booted");
        return engine;
    }

    MemoryStore store() {
        return store;
    }

    MemoryPeers peers() {
        return peers;
    }

    Holder node() {
        return store.node();
    }

    /** Something goes wrong with its calls. */
    void spoil(Consumer<Gate.Call> how) {
        spoils = how;
    }

    /** It dies where it is; nobody knows. */
    void die() {
        process.kill();
    }

    /** Everybody else is told that it is dead. */
    void bury() {
        site.disk.bury(node());
        for (Member other : site.members) if (!other.equals(this)) other.peers.hear();
        site.settle();
    }

    /** A clean end, which the others are told of. */
    void leave() {
        process.task("close", () -> {
            engine().close();
            process.kill();
        });
        site.settle();
    }

    @Override
    public boolean before(Gate.Call call) {
        spoils.accept(call);
        if (List.of("commit", "claim", "tick", "append").contains(call.method())) writes++;
        return true;
    }

    @Override
    public void done(Gate.Call call, @Nullable Object answer) {}

    @Override
    public void after(Gate.Call call, @Nullable Object answer) {}

    /** Hints reach every node at once. */
    private final class Around implements Hints {
        @Override
        public void changed(RunId run) {
            site.members.forEach(m -> m.hints.changed(run));
        }

        @Override
        public void ended(RunId run) {
            site.members.forEach(m -> m.hints.ended(run));
        }

        @Override
        public void posted(RunId run, Holder holder) {
            site.members.stream().filter(m -> m.node().equals(holder)).forEach(m -> m.hints.posted(run));
        }

        @Override
        public void work() {
            site.members.forEach(m -> m.hints.work());
        }

        @Override
        public Listening onChange(RunId run, Runnable look) {
            return hints.onChange(run, look);
        }

        @Override
        public Listening onEnd(RunId run, Runnable look) {
            return hints.onEnd(run, look);
        }

        @Override
        public Listening onPost(Consumer<RunId> look) {
            return hints.onPost(look);
        }

        @Override
        public Listening onWork(Runnable look) {
            return hints.onWork(look);
        }
    }
}
