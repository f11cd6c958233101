package dev.holdfast.engine;

import dev.holdfast.core.Command;
import dev.holdfast.core.Decision;
import dev.holdfast.core.Fence;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Rules;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.LaneView;
import dev.holdfast.engine.port.Notice;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.QueueView;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.engine.port.RunView;
import dev.holdfast.engine.port.SnapshotWindow;
import dev.holdfast.engine.port.Write;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Hosted;
import java.sql.Connection;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs work durably: it takes starts, gives runs to code in this process, records what they do, and carries them over the
 * death of the process. It owns its threads and nothing else; ledger and stream are closed by whoever made them, after
 * the engine.
 *
 * <pre>{@code
 * try (var engine = Engine.open(ports, EngineOptions.defaults(), List.of(CHECKOUT.handle(Shop::checkout)))) {
 *     Started run = engine.start(new StartRequest(Namespace.DEFAULT, "checkout", "{}", Identity.NONE, Options.NONE));
 * }
 * }</pre>
 */
public final class Engine implements Runs, AutoCloseable {
    /** No run is like that. */
    private static final Expect NOWHERE = new Expect.AsRead(new Fence(-1, null, -1));

    private final Ports ports;
    private final EngineOptions options;
    private final Map<String, Handler<?, ?>> handlers;
    private final Desk desk;
    private final Beginning beginning;
    private final Sending sending;
    private final Queues queues;
    private final ScheduleBook schedules;
    private final Turns turns;
    private final Meters meters;
    private final Alarms alarms;
    private final StreamWriter stream;
    private final Executor executor;
    private final Dispatcher dispatcher;
    private final Ticker ticker;
    private final Inquiry inquiry;
    private final Bell left;
    private final Tails watching;
    private final Door door;
    private final Ports given;
    private final @Nullable Sweeper sweeper;
    private volatile boolean closed;

    private Engine(Ports given, EngineOptions options, Map<String, Handler<?, ?>> handlers) {
        this.given = given;
        this.door = new Door(given.peers());
        this.ports = given.with(new FencedLedger(given.ledger(), door));
        this.options = options;
        this.handlers = handlers;
        this.meters = new Meters(options.meter());
        Bell tick = ports.threads().bell();
        this.desk = new Desk(ports, meters, tick, options.look(), handlers.keySet());
        var starts = new Starts(ports, handlers);
        this.beginning = new Beginning(desk, starts, door);
        this.sending = new Sending(ports, starts, this::deliver);
        this.queues = new Queues(ports, tick);
        this.schedules = new ScheduleBook(desk, starts, door);
        var versions = handlers.values().stream()
                .collect(Collectors.toMap(h -> h.task().name(), h -> h.task().version()));
        ports.peers()
                .announce(handlers.values().stream()
                        .collect(Collectors.toMap(h -> h.task().name(), h -> Notice.of(h.task()))));
        Recovery.run(desk);
        this.alarms = new Alarms(ports.threads(), ports.clock());
        this.stream = new StreamWriter(ports, meters, door);
        this.left = ports.threads().bell();
        this.watching = new Tails(new Watcher.Ports(
                ports.ledger().reads(), ports.stream(), ports.hints(), ports.threads(), ports.clock()));
        this.turns = new Turns(
                ports, door, this::deliver, (run, after) -> Watcher.open(watching, ports.clock(), run, after));
        Bell work = ports.threads().bell();
        this.executor = new Executor(desk, stream, new LocalAttempt.Serving(ports, alarms, starts), () -> {
            work.ring();
            left.ring();
        });
        var scheduler = new Scheduler(desk, starts, handlers.keySet());
        this.ticker = new Ticker(desk, executor, scheduler, options, tick);
        var takings = new Takings(executor, ports.threads());
        this.sweeper = ports.peers().isCluster() ? new Sweeper(desk, executor, takings, options.look()) : null;
        this.dispatcher =
                new Dispatcher(desk, executor, new Dispatcher.Hosting(versions, door, takings), options, work);
        this.inquiry = new Inquiry(ports, dispatcher, executor);
    }

    /**
     * Opens an engine. When it returns, what an earlier process had left behind is on its way again.
     *
     * @throws Refused if two handlers have the same task name
     * @throws Unavailable if the ledger cannot be written
     */
    public static Engine open(Ports ports, EngineOptions options, Collection<? extends Hosted> hosted) {
        var handlers = new LinkedHashMap<String, Handler<?, ?>>();
        for (Hosted each : hosted) {
            if (!(each instanceof Handler<?, ?> handler)) continue;
            if (handlers.put(handler.task().name(), handler) != null) {
                throw new Refused(
                        "task_twice",
                        "two handlers are called '" + handler.task().name() + "': each name is hosted once");
            }
        }
        return new Engine(ports, options, handlers);
    }

    /** The tasks that are hosted here. */
    public List<Handler<?, ?>> hosted() {
        return List.copyOf(handlers.values());
    }

    /**
     * Returns if new runs are taken.
     *
     * @throws Unavailable {@code suspended}, {@code fenced} or {@code closing}
     */
    public void demandOpen() {
        door.demandOpen();
    }

    /** How many attempts execute now. */
    public int executing() {
        return executor.taken();
    }

    /**
     * Those of them that may be in user code, and where each is, such as {@code run_01m8 in app.Mail.send(Mail.java:12)}. Of an engine
     * that was abandoned there will not be more: what has not begun does not begin any more, however long it waits for a log that
     * does not answer.
     */
    public List<String> inUserCode() {
        return executor.inside();
    }

    /**
     * How many runs wait for code that no node hosts.
     *
     * @throws Unavailable if the ledger cannot be asked
     */
    public long unhosted() {
        return inquiry.unhosted();
    }

    @Override
    public Started start(StartRequest request) {
        return beginning.start(request);
    }

    @Override
    public Started start(Connection transaction, StartRequest request) {
        return beginning.start(transaction, request);
    }

    @Override
    public List<Started> startAll(List<StartRequest> requests, @Nullable String requestId) {
        return requests.isEmpty() ? List.of() : beginning.startAll(requests, requestId);
    }

    @Override
    public Started rerun(Namespace namespace, RunId id, @Nullable String from, @Nullable String requestId) {
        return beginning.rerun(namespace, id, from, requestId);
    }

    @Override
    public RunView show(Namespace namespace, RunId id) {
        return ports.ledger().reads().view(namespace, id).orElseThrow(() -> unknown(id));
    }

    @Override
    public List<Run> list(Namespace namespace, RunFilter filter, @Nullable RunId before, int limit) {
        return ports.ledger().replicaReads().runs(namespace, filter, before, limit);
    }

    /** What this node has written or still executes it knows; everything else is read. */
    @Override
    public Optional<Reads.Reached> reached(Namespace namespace, RunId id) {
        var known = desk.ends().of(namespace, id);
        if (known.isPresent()) return known.map(Reads.Reached::new);
        if (executor.executes(namespace, id)) return Optional.of(new Reads.Reached(null));
        return ports.ledger().reads().reached(namespace, id);
    }

    @Override
    public SnapshotWindow snapshots(Namespace namespace, RunId id, long since, long atLeast) {
        return ports.ledger()
                .replicaReads()
                .snapshots(namespace, id, since, atLeast)
                .orElseThrow(() -> since <= 0 ? unknown(id) : Runs.cursorUnknown(id, id + "." + since));
    }

    @Override
    public void cancel(Namespace namespace, RunId id, @Nullable String requestId) {
        door.demandServing();
        sending.cancel(namespace, id, requestId);
    }

    @Override
    public void signal(Namespace namespace, RunId id, Sent sent, @Nullable String requestId) {
        door.demandServing();
        sending.signal(namespace, id, sent, requestId);
    }

    @Override
    public void complete(Namespace namespace, String token, String json, @Nullable String requestId) {
        door.demandServing();
        sending.complete(namespace, token, json, requestId);
    }

    private void deliver(RunId id) {
        try {
            ticker.inbox(id);
        } catch (Unavailable e) {
            // It is stored, and so it was accepted: whoever looks for messages brings it.
            ticker.ring();
            return;
        }
        // Claimed, but not begun yet: the next tick meets it.
        if (executor.holding(id).isEmpty()) ticker.ring();
    }

    @Override
    public void delete(Namespace namespace, RunId id, @Nullable String requestId) {
        door.demandServing();
        while (true) {
            Request request = new Asked("delete").with("run", id).by(namespace, requestId, "done");
            Run run = ports.ledger().reads().run(namespace, id).orElse(null);
            if (run == null && request == null) throw unknown(id);
            if (run != null) refuseLive(run);
            if (run != null) finalise(id);
            // Without the run, only the answer to an earlier request of this id can be told.
            Expect expect = run == null ? NOWHERE : Expect.asRead(run);
            var change = new Change(ports.ids().next(), id, expect, request, List.of(new Write.Remove()));
            switch (ports.ledger().commit(change)) {
                case Receipt.Applied a -> {
                    desk.ends().forget(id);
                    ports.stream().remove(List.of(id));
                    ports.hints().changed(id);
                    return;
                }
                case Receipt.Repeated r -> {
                    return;
                }
                case Receipt.Stale s -> {
                    if (run == null) throw unknown(id);
                }
                case Receipt.Rejected r -> throw r.why();
                case Receipt.KeyHeld k -> throw new IllegalStateException("only a start takes a business key");
            }
        }
    }

    /** What is left to do after its end cannot be left to a run that is not there any more. */
    private void finalise(RunId id) {
        while (!ports.ledger().reads().inbox(id).isEmpty()) desk.drain(id);
    }

    private void refuseLive(Run run) {
        if (Rules.decide(run, new Command.Delete(), ports.ledger().now()) instanceof Decision.Refusal refusal) {
            throw new Refused(refusal.code(), "run " + run.id() + " was not deleted: " + refusal.why());
        }
    }

    @Override
    public Schedules schedules() {
        return schedules;
    }

    @Override
    public Conversations conversations() {
        return turns;
    }

    @Override
    public List<QueueView> queues(Namespace namespace) {
        return ports.ledger().reads().queues(namespace);
    }

    @Override
    public List<LaneView> lanes(Namespace namespace, String queue, @Nullable Lane after, int limit) {
        return ports.ledger().reads().lanes(namespace, queue, after, limit);
    }

    @Override
    public void change(Namespace namespace, String queue, QueueChange.What what, @Nullable String requestId) {
        door.demandServing();
        queues.change(namespace, queue, what, requestId);
    }

    @Override
    public Explanation explain(Namespace namespace, RunId id) {
        return inquiry.explain(namespace, id).orElseThrow(() -> unknown(id));
    }

    @Override
    public Watch watch(Namespace namespace, RunId id, @Nullable String after) {
        Run run = ports.ledger().reads().run(namespace, id).orElseThrow(() -> unknown(id));
        String from = Cursor.NOW.equals(after)
                ? Cursor.now(run, ports.stream().head(id)).toString()
                : after;
        return Watcher.open(watching, ports.clock(), run, from);
    }

    static Refused unknown(RunId id) {
        return new Refused("run_unknown", "there is no run " + id + "; it may have been deleted");
    }

    /**
     * This node has been cut off, or was declared dead: others take over what it holds. From now on nothing is accepted,
     * claimed or written, and every attempt is told to leave: {@link #executing} says how many have not yet, and {@link
     * #inUserCode} which of them may be in somebody's code. What asks for anything to be written gets {@link Unavailable}
     * {@code fenced}. It waits for nobody; close the engine when they have left, and open another one.
     */
    public void abandon() {
        door.fence();
        executor.abandon();
        stream.abandon();
        dispatcher.stop();
        if (sweeper != null) sweeper.stop();
        ticker.abandon();
    }

    /**
     * Of an engine that was abandoned and whose node is alive: what its code has left is queued again, for any node, and
     * nobody is blamed. What its code still executes stays held, and nothing is left to this node any more.
     *
     * @throws Unavailable if the ledger cannot be used; what was done stands, and it may be asked for again
     */
    public void giveBack() {
        given.peers().announce(Map.of());
        // Through this engine's own door nothing is written any more.
        var beside = new Desk(given, meters, given.threads().bell(), options.look(), Set.of());
        new Sweep(beside).returned(id -> executor.holding(id).isPresent());
    }

    /**
     * Takes no new runs, asks the attempts to leave, and waits for them as long as the grace allows. Those that leave go on
     * at once, on another node if there is one. Whatever does not leave stays held in the ledger, and goes on when this
     * node is gone, or has booted again. It never waits for runs to end.
     */
    @Override
    public void close() {
        if (closed) return;
        closed = true;
        door.close();
        dispatcher.close();
        try {
            if (!door.isFenced()) executor.drain();
            awaitLeft();
        } finally {
            if (sweeper != null) sweeper.close();
            ticker.close();
            stream.close();
            alarms.close();
        }
    }

    private void awaitLeft() {
        long until = ports.clock().nanos() + options.drainGrace().toNanos();
        try {
            while (executor.present() > 0) {
                long wait = until - ports.clock().nanos();
                if (wait <= 0) return;
                left.await(Duration.ofNanos(wait));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
