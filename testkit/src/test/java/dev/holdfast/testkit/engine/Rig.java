package dev.holdfast.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Holder;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Unavailable;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.FrameFold;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.Frame;
import dev.holdfast.engine.Ports;
import dev.holdfast.engine.Runs;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.Started;
import dev.holdfast.engine.client.LocalClient;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Peers;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.engine.port.RunView;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.port.Write;
import dev.holdfast.engine.system.LocalHints;
import dev.holdfast.engine.system.SystemClock;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.sdk.Client;
import dev.holdfast.sdk.Codec;
import dev.holdfast.sdk.Hosted;
import dev.holdfast.testkit.ManualClock;
import dev.holdfast.testkit.SeededIds;
import dev.holdfast.testkit.memory.MemoryDisk;
import dev.holdfast.testkit.memory.MemoryStore;
import io.opentelemetry.api.OpenTelemetry;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/**
 * Real engines, one after the other, on one in-memory disk. A crash is a new engine on the same disk: the old one is left
 * behind with all its threads, so that none of its clean-up runs, and what it still tries is a zombie's.
 */
final class Rig implements AutoCloseable {
    /** Not how far it goes: those who begin at the same time ask that together, which is no business of a store without waiting. */
    private static final Set<String> READING = Set.of("read", "rewinds");

    static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofMillis(5);

    final ManualClock clock = new ManualClock();
    private MemoryDisk disk = new MemoryDisk();
    private SeededIds ids = new SeededIds(42, clock);
    private final List<Engine> engines = new ArrayList<>();
    private final List<MemoryStore> stores = new ArrayList<>();
    private final List<NodeLedger> nodes = new ArrayList<>();
    private final List<Ports> ports = new ArrayList<>();
    private Hints hints = new LocalHints();
    private Runnable beforeCodeBegins = () -> {};
    private Runnable beforeAnAppend = () -> {};
    private int slots = 4;
    private volatile boolean logIsAway;
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger streamReads = new AtomicInteger();
    private final AtomicBoolean headAway = new AtomicBoolean();
    private boolean oneByOne;
    private boolean asking;
    private boolean cluster;
    private Duration grace = Duration.ofSeconds(5);

    Rig slots(int count) {
        slots = count;
        return this;
    }

    Rig grace(Duration time) {
        grace = time;
        return this;
    }

    /** What several runs have recorded cannot be read at once, from the next boot on. */
    Rig readingOneByOne() {
        oneByOne = true;
        return this;
    }

    /** The ledger asks who takes what can be claimed, from the next boot on. */
    Rig asking() {
        asking = true;
        return this;
    }

    /** This happens when the next engine looks for what a run has recorded, before its code begins. */
    Rig beforeCodeBegins(Runnable what) {
        beforeCodeBegins = what;
        return this;
    }

    /** The log knows no rows. */
    Rig fencedByOpening() {
        disk = new MemoryDisk(StreamLog.Fencing.BY_OPENING);
        return this;
    }

    /** This happens once, before the next engine appends for the first time: it has looked at the stream. */
    Rig beforeAnAppend(Runnable what) {
        beforeAnAppend = what;
        return this;
    }

    /** From now on nobody can read what was sent; or again. */
    void logIsAway(boolean away) {
        logIsAway = away;
    }

    /** How often it was asked while it was away. */
    int asked() {
        return refused.get();
    }

    private StreamLog appending(StreamLog log) {
        var first = new AtomicReference<Runnable>(beforeAnAppend);
        return (StreamLog) Proxy.newProxyInstance(
                StreamLog.class.getClassLoader(), new Class<?>[] {StreamLog.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("append"))
                        first.getAndSet(() -> {}).run();
                    if (logIsAway && method.getName().equals("outlines")) {
                        refused.incrementAndGet();
                        throw Unavailable.notApplied("log_away", "the log is away", null);
                    }
                    if (READING.contains(method.getName())) streamReads.incrementAndGet();
                    if (method.getName().equals("head") && headAway.getAndSet(false)) {
                        throw Unavailable.notApplied("stream_silent", "the log is away for a moment", null);
                    }
                    return method.invoke(log, arguments);
                });
    }

    /** Beside the ledger's, from the next boot on. */
    Rig clockOfTheMachineBehindBy(Duration behind) {
        ids = new SeededIds(42, new Clock() {
            @Override
            public Instant now() {
                return clock.now().minus(behind);
            }

            @Override
            public long nanos() {
                return clock.nanos();
            }
        });
        return this;
    }

    /** Whoever is the next to ask how far a stream goes is told that it cannot be read now. */
    void streamAwayForTheNextWatcher() {
        headAway.set(true);
    }

    /** How often ledger and log of the newest engine were read for those who watch. */
    int readsOfWatchers() {
        return ledger().watched() + streamReads.get();
    }

    Rig withoutHints() {
        hints = new NoHints();
        return this;
    }

    /** There could be other nodes, and are none. */
    Rig inCluster() {
        cluster = true;
        return this;
    }

    private static Peers clustered(Peers alone) {
        return (Peers) Proxy.newProxyInstance(
                Peers.class.getClassLoader(),
                new Class<?>[] {Peers.class},
                (proxy, method, arguments) ->
                        method.getName().equals("isCluster") ? (Object) true : method.invoke(alone, arguments));
    }

    Engine boot(Hosted... hosted) {
        var store = MemoryStore.open(disk, clock, ids);
        nodes.add(new NodeLedger(store.ledger()));
        if (oneByOne) ledger().readOneByOne();
        if (asking) ledger().ask();
        ledger().atNextSteps(beforeCodeBegins);
        ports.add(new Ports(
                nodes.getLast(),
                appending(store.stream()),
                hints instanceof NoHints ? hints : new LocalHints(),
                new SystemThreads(),
                new SystemClock(),
                ids,
                Codec.json(),
                cluster ? clustered(Peers.alone(store.node())) : Peers.alone(store.node())));
        var options = new EngineOptions(
                slots,
                Duration.ofMillis(20),
                Defaults.RUN_RETENTION,
                grace,
                OpenTelemetry.noop().getMeter("test"));
        var engine = Engine.open(ports.getLast(), options, List.of(hosted));
        engines.add(engine);
        stores.add(store);
        return engine;
    }

    /** A client of the newest engine. */
    Client client() {
        return new LocalClient(engines.getLast(), ports.getLast(), Namespace.DEFAULT);
    }

    MemoryStore store() {
        return stores.getLast();
    }

    /** The ledger of the newest engine. */
    NodeLedger ledger() {
        return nodes.getLast();
    }

    RunId start(String task, String input) {
        return start(task, input, StartRequest.Identity.NONE, StartRequest.Options.NONE)
                .id();
    }

    Started start(String task, String input, StartRequest.Identity identity, StartRequest.Options options) {
        return engines.getLast().start(new StartRequest(Namespace.DEFAULT, task, input, identity, options));
    }

    static StartRequest.Options timing(Duration delay, @Nullable Duration ttl) {
        return new StartRequest.Options(new Command.Timing(delay, ttl, Duration.ZERO), null, List.of());
    }

    /** How many attempts the newest engine executes. */
    int executing() {
        return engines.getLast().executing();
    }

    /** Those of them that may be in user code. */
    List<String> inUserCode() {
        return engines.getLast().inUserCode();
    }

    /** What is in the stream, whatever of it counts. */
    List<Entry> entries(RunId id) {
        return stores.getLast().stream().read(id, 0, 1_000).entries();
    }

    RunView show(RunId id) {
        return engines.getLast().show(Namespace.DEFAULT, id);
    }

    void cancel(RunId id) {
        engines.getLast().cancel(Namespace.DEFAULT, id, null);
    }

    /** Stored, and nobody is told: whoever looks into the inbox finds it. */
    void postCancel(RunId id) {
        var post = new Write.Post(id, Message.cancel(ids.next()));
        ledger().commit(new Change(ids.next(), id, new Expect.Alive(), null, List.of(post)));
    }

    void signal(RunId id, String name, String json) {
        engines.getLast().signal(Namespace.DEFAULT, id, new Runs.Sent(name, json), null);
    }

    void complete(String token, String json) {
        engines.getLast().complete(Namespace.DEFAULT, token, json, null);
    }

    /** What is waited for here takes milliseconds, or is there already. */
    static ConditionFactory await(String what) {
        return Awaitility.await(what).pollInterval(LOOK);
    }

    /** How many attempts the newest engine executed when it was told here that this run has ended. */
    Future<Integer> executingAtEndOf(RunId id) {
        var executing = new CompletableFuture<Integer>();
        var engine = engines.getLast();
        ports.getLast().hints().onEnd(id, () -> executing.complete(engine.executing()));
        return executing;
    }

    /** Waits until the run is blocked and nobody holds it. */
    RunView awaitGivenUp(RunId id) {
        await(id + " is given up")
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(show(id).run()).matches(Run::isGivenUp));
        return show(id);
    }

    /** The children of a run, in the order in which they were started. */
    List<RunView> children(RunId parent) {
        return engines.getLast().list(Namespace.DEFAULT, RunFilter.ALL, null, 1000).reversed().stream()
                .filter(r ->
                        r.origin().parent() != null && r.origin().parent().run().equals(parent))
                .map(r -> show(r.id()))
                .toList();
    }

    String explain(RunId id) {
        return engines.getLast().explain(Namespace.DEFAULT, id).sentence();
    }

    RunView awaitState(RunId id, RunState state) {
        await(id + " is " + state)
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(show(id).run().state()).isEqualTo(state));
        return show(id);
    }

    RunView awaitEnd(RunId id, Outcome outcome) {
        RunView view = awaitState(id, RunState.FINISHED);
        assertThat(view.run().status().outcome()).as("outcome of %s", view).isEqualTo(outcome);
        for (int i = 0; i < view.snapshots().size(); i++) {
            assertThat(view.snapshots().get(i).seq()).isEqualTo(i + 1L);
        }
        return view;
    }

    static List<String> steps(RunView view) {
        return view.steps().stream()
                .map(s -> s.key() + " " + s.name() + " " + s.status() + " e" + s.epoch())
                .toList();
    }

    static List<StepRecord.Status> statuses(RunView view) {
        return view.steps().stream().map(StepRecord::status).toList();
    }

    /** What a watcher who comes now ends with. */
    String text(RunId id) throws InterruptedException {
        return fold(id).text();
    }

    /** The log has lost the newest of what was sent. */
    void loseEntries(RunId id, int many) {
        disk.loseEntries(id, many);
    }

    FrameFold fold(RunId id) throws InterruptedException {
        var fold = new FrameFold();
        try (var watch = engines.getLast().watch(Namespace.DEFAULT, id, null)) {
            while (!watch.ended()) {
                Optional<Frame> frame = watch.next(LIMIT);
                frame.ifPresent(f -> fold.apply(f.event(), f.step(), f.data()));
            }
        }
        return fold;
    }

    @Override
    public void close() {
        engines.forEach(Engine::close);
        stores.forEach(MemoryStore::close);
    }

    private static final class NoHints implements Hints {
        @Override
        public void changed(RunId run) {}

        @Override
        public void work() {}

        @Override
        public Listening onChange(RunId run, Runnable look) {
            return () -> {};
        }

        @Override
        public void ended(RunId run) {}

        @Override
        public void posted(RunId run, Holder holder) {}

        @Override
        public Listening onPost(Consumer<RunId> look) {
            return () -> {};
        }

        @Override
        public Listening onEnd(RunId run, Runnable look) {
            return () -> {};
        }

        @Override
        public Listening onWork(Runnable look) {
            return () -> {};
        }
    }
}
