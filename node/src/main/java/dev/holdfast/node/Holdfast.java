package dev.holdfast.node;

import dev.holdfast.core.Command;
import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.Ports;
import dev.holdfast.engine.Runs;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.Started;
import dev.holdfast.engine.port.LedgerFigures;
import dev.holdfast.sdk.Client;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Hosted;
import dev.holdfast.sdk.RunHandle;
import dev.holdfast.sdk.Start;
import dev.holdfast.sdk.Task;
import dev.holdfast.sdk.TypeRef;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holdfast in this process, on one SQLite file: a client that also runs the handlers it is given.
 *
 * <pre>{@code
 * try (var holdfast = Holdfast.open(Path.of("data"), CHECKOUT.handle(Shop::checkout))) {
 *     Receipt receipt = holdfast.start(CHECKOUT, order, Start.idempotent(order.id())).join();
 * }
 * }</pre>
 *
 * <p>What was running when the process died goes on when the folder is opened again, at the first step that was not
 * recorded. One process at a time may have a folder open.
 */
public final class Holdfast implements Client {
    private final Engine engine;
    private final Local local;
    private final List<AutoCloseable> below;

    private Holdfast(Engine engine, Local local, List<AutoCloseable> below) {
        this.engine = engine;
        this.local = local;
        this.below = below;
    }

    /**
     * Opens a data folder; it is made if it is not there.
     *
     * @throws Refused {@code data_folder_in_use}, {@code data_folder_not_writable}, {@code database_corrupt},
     *     {@code schema_too_new}, or {@code task_twice}
     * @throws Unavailable if the disk is full or cannot be written
     */
    public static Holdfast open(Path folder, Hosted... hosted) {
        return open(folder, NodeOptions.defaults(), List.of(hosted));
    }

    /** Opens a data folder with options; see {@link #open(Path, Hosted...)}. */
    public static Holdfast open(Path folder, NodeOptions options, Collection<? extends Hosted> hosted) {
        return Assembly.open(folder, options, hosted);
    }

    /** @param below what is closed after the engine, in this order */
    static Holdfast on(
            Ports ports, NodeOptions options, Collection<? extends Hosted> hosted, List<AutoCloseable> below) {
        Engine engine = Engine.open(ports, options.engine(), hosted);
        return new Holdfast(engine, new Local(engine, ports, options.namespace()), List.copyOf(below));
    }

    @Override
    public <I extends @Nullable Object, O extends @Nullable Object> RunHandle<O> start(Task<I, O> task, I input) {
        return start(task, input, Start.now());
    }

    @Override
    public <I extends @Nullable Object, O extends @Nullable Object> RunHandle<O> start(
            Task<I, O> task, I input, Start start) {
        Started started = engine.start(request(task, input, start));
        return handle(started.id(), task.output());
    }

    @Override
    public <I extends @Nullable Object, O extends @Nullable Object> List<RunHandle<O>> startAll(
            Task<I, O> task, Collection<? extends I> inputs, Start start) {
        if (start.key() != null || start.requestId() != null) {
            throw new IllegalArgumentException(
                    "a business key or a request id belongs to one run: start them one by one");
        }
        var requests = new ArrayList<StartRequest>();
        for (I input : inputs) requests.add(request(task, input, start));
        var handles = new ArrayList<RunHandle<O>>();
        for (Started started : engine.startAll(requests)) handles.add(handle(started.id(), task.output()));
        return handles;
    }

    private <I extends @Nullable Object> StartRequest request(Task<I, ?> task, I input, Start start) {
        var identity = new StartRequest.Identity(start.key(), start.requestId());
        var timing = new Command.Timing(start.delay(), start.ttl(), start.priority());
        String lane = start.lane() == null ? task.laneOf(input) : start.lane();
        var options = new StartRequest.Options(timing, start.maxDuration(), start.tags(), lane);
        String json = local.ports().codec().encode(input);
        return new StartRequest(local.namespace(), task.name(), json, identity, options);
    }

    @Override
    public <O extends @Nullable Object> RunHandle<O> run(RunId id, Class<O> type) {
        return handle(id, TypeRef.of(type));
    }

    @Override
    public <O extends @Nullable Object> RunHandle<O> run(RunId id, Task<?, O> task) {
        return handle(id, task.output());
    }

    private <O extends @Nullable Object> RunHandle<O> handle(RunId id, TypeRef<O> type) {
        return new LocalRun<>(local, id, type);
    }

    /** Everything that can be asked of runs, in JSON: what the HTTP API is made of. */
    public Runs runs() {
        return engine;
    }

    /** The handlers that it was given. */
    public List<Handler<?, ?>> hosted() {
        return engine.hosted();
    }

    /** How many attempts execute now. */
    public int executing() {
        return engine.executing();
    }

    /** What its ledger has done since it was opened. */
    public LedgerFigures figures() {
        return local.ports().ledger().figures();
    }

    /**
     * Takes no new runs, asks running code to leave, waits for it as long as the options allow, and frees the folder.
     * What has not ended goes on when the folder is opened again. It never waits for runs to end.
     */
    @Override
    public void close() {
        closeAll(engine, below);
    }

    /** The first error is thrown, whatever happens to the others. */
    static void closeAll(AutoCloseable first, List<AutoCloseable> then) {
        var all = new ArrayList<AutoCloseable>();
        all.add(first);
        all.addAll(then);
        RuntimeException failure = null;
        for (AutoCloseable each : all) {
            try {
                each.close();
            } catch (Exception e) {
                if (failure == null)
                    failure = new IllegalStateException(
                            "cannot close " + each.getClass().getSimpleName(), e);
                else failure.addSuppressed(e);
            }
        }
        if (failure != null) throw failure;
    }
}
