package dev.holdfast.node;

import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.Ports;
import dev.holdfast.engine.Runs;
import dev.holdfast.engine.client.LocalClient;
import dev.holdfast.engine.port.LedgerFigures;
import dev.holdfast.sdk.Client;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Hosted;
import dev.holdfast.sdk.RunHandle;
import dev.holdfast.sdk.Schedule;
import dev.holdfast.sdk.Start;
import dev.holdfast.sdk.Task;
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
    private final Ports ports;
    private final Client client;
    private final List<AutoCloseable> below;

    private Holdfast(Engine engine, Ports ports, Client client, List<AutoCloseable> below) {
        this.engine = engine;
        this.ports = ports;
        this.client = client;
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
        var client = new LocalClient(engine, ports, options.namespace());
        return new Holdfast(engine, ports, client, List.copyOf(below));
    }

    @Override
    public <I extends @Nullable Object, O extends @Nullable Object> RunHandle<O> start(Task<I, O> task, I input) {
        return client.start(task, input);
    }

    @Override
    public <I extends @Nullable Object, O extends @Nullable Object> RunHandle<O> start(
            Task<I, O> task, I input, Start start) {
        return client.start(task, input, start);
    }

    @Override
    public <I extends @Nullable Object, O extends @Nullable Object> List<RunHandle<O>> startAll(
            Task<I, O> task, Collection<? extends I> inputs, Start start) {
        return client.startAll(task, inputs, start);
    }

    @Override
    public <T extends @Nullable Object> void complete(String token, T value, @Nullable String requestId) {
        client.complete(token, value, requestId);
    }

    @Override
    public void schedule(Schedule schedule) {
        client.schedule(schedule);
    }

    @Override
    public void unschedule(String name) {
        client.unschedule(name);
    }

    @Override
    public <O extends @Nullable Object> RunHandle<O> run(RunId id, Class<O> type) {
        return client.run(id, type);
    }

    @Override
    public <O extends @Nullable Object> RunHandle<O> run(RunId id, Task<?, O> task) {
        return client.run(id, task);
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
        return ports.ledger().figures();
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
