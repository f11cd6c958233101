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
import java.sql.Connection;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holdfast in this process: a client that also runs the handlers it is given. On one SQLite file, or as one of many nodes on
 * PostgreSQL.
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
    private final Seat seat;
    private final Runs runs;
    private final LocalClient client;
    private final List<AutoCloseable> parts;

    /** Who this process is at the moment: in a cluster it may be one engine after the other. */
    interface Seat {
        /** @throws Unavailable while it is none */
        Engine engine();

        /** @throws Unavailable while it is none */
        Ports ports();

        /** @throws Unavailable while it is none */
        Ring ring();

        /** @throws Unavailable if streams can be neither written nor read now */
        void demandStreams();

        /** @throws Unavailable if the database does not answer */
        KeyBook keys();
    }

    /** @param parts what is closed, in this order */
    Holdfast(Seat seat, Runs runs, LocalClient client, List<AutoCloseable> parts) {
        this.seat = seat;
        this.runs = runs;
        this.client = client;
        this.parts = List.copyOf(parts);
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

    /**
     * Joins the nodes that share a PostgreSQL database: identical, without a leader. Runs that were started on one may execute
     * on any; what a node executes when it dies goes on elsewhere, at the first step that was not recorded.
     *
     * <p>A node that is cut off from the database stops what it executes within four seconds, before others can take it over,
     * and joins again by itself; meanwhile its methods throw {@link Unavailable}.
     *
     * <pre>{@code
     * try (var holdfast = Holdfast.cluster(ClusterOptions.at("postgres://app:secret@db/app"), NodeOptions.defaults(), handlers)) {
     *     holdfast.start(CHECKOUT, order);
     * }
     * }</pre>
     *
     * @throws Refused {@code database_…}, {@code replica_…}, {@code nats_…} if the database, its replica or NATS cannot be used, with
     *     what to fix; {@code schema_too_new} or {@code schema_incompatible} if other nodes are too new or too old for this program;
     *     {@code streams_elsewhere} if they have the streams of runs in another place; {@code task_twice}
     * @throws Unavailable if the database fails meanwhile
     */
    public static Holdfast cluster(ClusterOptions cluster, NodeOptions options, Collection<? extends Hosted> hosted) {
        return Assembly.cluster(cluster, options, hosted);
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

    /**
     * Starts a run in a transaction of yours: it exists exactly if that commits, so that your rows and the run are there
     * together or not at all. For a cluster on PostgreSQL, with a connection to the same database, whoever has made it.
     *
     * <pre>{@code
     * try (Connection sql = pool.getConnection()) {
     *     sql.setAutoCommit(false);
     *     insert(sql, order);
     *     var run = holdfast.start(sql, CHECKOUT, order, Start.now());
     *     sql.commit();
     *     Receipt receipt = run.join();
     * }
     * }</pre>
     *
     * <p>Nothing begins before your commit; then the run waits for its turn, as any other. The handle is of use from then on.
     * It takes a business key or a request id until your transaction ends: whoever else starts with the same one waits, a
     * second at most, and is told to ask again ({@code key_busy}); so keep such a transaction short. A debounced start is refused.
     * If something is wrong with the start itself, your transaction is as it was before, and can go on. The commit is yours, and
     * with it how durable the run is: with {@code synchronous_commit} off, a crash of the database may take both.
     *
     * @param transaction not in autocommit mode; its user may read and write the tables of the schema {@code holdfast}
     * @throws Refused {@code transaction_unsupported} on a data folder, {@code connection_autocommit}, {@code
     *     connection_foreign}, {@code transaction_failed}, {@code transaction_read_only}; and as any start
     * @throws Unavailable {@code key_busy}, or {@code transaction_outdated} if yours is REPEATABLE READ and began too early: roll
     *     back, and do all of it again
     */
    public <I extends @Nullable Object, O extends @Nullable Object> RunHandle<O> start(
            Connection transaction, Task<I, O> task, I input, Start start) {
        return client.start(transaction, task, input, start);
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
        return runs;
    }

    /** The handlers that it was given. */
    public List<Handler<?, ?>> hosted() {
        return seat.engine().hosted();
    }

    /**
     * Returns if it takes new runs now.
     *
     * @throws Unavailable with the reason: {@code suspended} or {@code fenced} while it is cut off from its cluster, {@code
     *     rejoining} until it is a node again, {@code closing}
     */
    public void demandOpen() {
        seat.engine().demandOpen();
    }

    /**
     * Returns if what runs send can be stored and shown now.
     *
     * @throws Unavailable {@code nats_away} if streams are on NATS, which does not answer: what was sent waits
     */
    public void demandStreams() {
        seat.demandStreams();
    }

    /**
     * The nodes of its cluster, what they hold, and which of them were found dead lately. One that has its ledger to itself
     * is the only one.
     *
     * @throws Unavailable while it is no node, or if the database does not answer
     */
    public Ring ring() {
        return seat.ring();
    }

    /**
     * The API keys of its cluster as they are now; one that has its ledger to itself has none.
     *
     * @throws Unavailable if the database does not answer
     */
    public KeyBook keys() {
        return seat.keys();
    }

    /** How many attempts execute now. */
    public int executing() {
        return seat.engine().executing();
    }

    /**
     * How many runs wait for code that no node of its cluster hosts.
     *
     * @throws Unavailable while it is no node, or if the ledger cannot be asked
     */
    public long unhosted() {
        return seat.engine().unhosted();
    }

    /** What its ledger has done since it was opened. */
    public LedgerFigures figures() {
        return seat.ports().ledger().figures();
    }

    /**
     * Takes no new runs, asks running code to leave, waits for it as long as the options allow, and frees the folder.
     * What has not ended goes on when the folder is opened again. It never waits for runs to end.
     */
    @Override
    public void close() {
        closeAll(parts);
    }

    /** The first error is thrown, whatever happens to the others. */
    static void closeAll(List<AutoCloseable> all) {
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
