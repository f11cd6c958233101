package dev.holdfast.sdk;

import dev.holdfast.core.RunId;
import dev.holdfast.core.StepFailed;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The durable side of a running task.
 *
 * <pre>{@code
 * static Receipt checkout(Context ctx, Order order) {
 *     var charge = ctx.step("charge", Charge.class, s -> payments.charge(order, s.key()));
 *     ctx.send("charged " + charge.id());
 *     return ctx.step("ship", Receipt.class, s -> shipping.ship(order, charge, s.key()));
 * }
 * }</pre>
 *
 * <p><b>Replay.</b> On a new epoch the body runs again from the top and recorded steps return at once. So the body must
 * call the same steps in the same order, given the same results: no clock, no randomness, no I/O and no iteration over a
 * HashMap around steps, except through this Context. A step with another name than was recorded at its place parks the
 * run.
 *
 * <p><b>Thread.</b> It belongs to the thread that the body was called on. Any other thread, and the body of a step, gets
 * an {@link IllegalStateException}; {@link #runId}, {@link #attempt}, {@link #epoch} and {@link #scheduledAt} may be asked anywhere.
 *
 * <p>No method declares a checked exception. Methods may leave by {@link Unwind}, an Error that is not to be caught. On
 * Java 21 a body that blocks inside {@code synchronized} pins its carrier thread; run on 25 where you can.
 */
public interface Context {
    RunId runId();

    /** Which attempt of the run this is, from 1: grows when a failure is retried. */
    int attempt();

    /** Which epoch this is: grows at every hand-over of the run. */
    long epoch();

    /**
     * For when a schedule has planned this run: the time to go by, whatever time it is now. The same in every replay and
     * every attempt. Empty if the run was not started by a schedule (and has no tag {@code scheduled:TIME} that says so).
     */
    Optional<Instant> scheduledAt();

    /**
     * A step without a policy of its own: see {@link #step(Step, Step.Body)}.
     *
     * @param name 1 to 200 characters, no control characters
     * @param type of the result
     */
    <T extends @Nullable Object> T step(String name, Class<T> type, Step.Body<T> body);

    /**
     * Runs the body and records its result; if it is recorded already, returns the result at once. What is returned was
     * read from the record, live and in replay alike.
     *
     * @throws StepFailed if the step gave up, live and in replay alike; never the original exception
     * @throws IllegalStateException from another thread, or from inside the body of a step
     */
    <T extends @Nullable Object> T step(Step<T> step, Step.Body<T> body);

    /** A step without a result: see {@link #step(Step, Step.Body)}. A value that the body returned cannot be lost here. */
    void step(String name, Step.VoidBody body);

    /**
     * A transaction without a policy of its own: see {@link #transaction(Step, Step.SqlBody)}.
     *
     * @param name 1 to 200 characters, no control characters
     * @param type of the result
     */
    <T extends @Nullable Object> T transaction(String name, Class<T> type, Step.SqlBody<T> body);

    /**
     * A step that works in the database in which the ledger is: its record is committed together with what the body has
     * written, so that it happens exactly once, whatever dies at whatever moment. Takes a key, as any step does.
     *
     * <pre>{@code
     * int left = ctx.transaction("reserve", Integer.class, sql -> {
     *     try (var update = sql.prepareStatement("UPDATE stock SET count = count - 1 WHERE item = ? RETURNING count")) {
     *         update.setString(1, order.item());
     *         ResultSet row = update.executeQuery();
     *         if (!row.next()) throw new NoRetry("nobody sells " + order.item());
     *         return row.getInt(1);
     *     }
     * });
     * }</pre>
     *
     * <p>The body may be executed more than once, but only one execution is committed: so it does nothing that a rollback
     * does not undo. If it throws, all of it is rolled back, and the step has failed as any step fails: with
     * {@link Step#retry} it is tried again, which is what a deadlock or {@code could not serialize} asks for.
     *
     * <p>What the body has deferred (constraints, triggers) is executed when it has returned, as the last of it; a cursor of
     * it that is WITH HOLD is closed. What is committed is durable, also if the body has set {@code synchronous_commit} to off.
     *
     * <p>While the body executes nothing of Holdfast is locked; what the body locks is its own business. The transaction is
     * READ COMMITTED, unless its first statement is {@code SET TRANSACTION ISOLATION LEVEL …}. A node executes at most
     * eight of these at once; others wait.
     *
     * <p>A run that calls this where the ledger is not in PostgreSQL ends, refused ({@code transaction_unsupported}).
     *
     * @throws StepFailed if the step gave up, live and in replay alike
     * @throws IllegalStateException from another thread, or from inside the body of a step
     */
    <T extends @Nullable Object> T transaction(Step<T> step, Step.SqlBody<T> body);

    /**
     * Begins a step whose body executes beside this one, on a thread of its own. Its key is taken now, at the call; its
     * result is had by {@link Pending#join}. Only the bodies of steps execute side by side. One that is not joined when
     * the body of the task ends is interrupted, and waited for.
     *
     * <pre>{@code var picks = items.stream().map(item -> ctx.fork(PICK, s -> pick(item, s.key()))).toList(); }</pre>
     */
    <T extends @Nullable Object> Pending<T> fork(Step<T> step, Step.Body<T> body);

    /** Starts a child as soon as there is a slot: see {@link #fork(Task, Object, Start)}. */
    <I extends @Nullable Object, O extends @Nullable Object> Pending<O> fork(Task<I, O> child, I input);

    /**
     * Starts a run of another task as a child of this one. It is durable when this returns, and is started once, however
     * often this code is replayed. When this run ends, children that have not are cancelled, unless they were started
     * {@link Start#detached}. Takes a key.
     *
     * @param start a business key is allowed; a request id is not
     */
    <I extends @Nullable Object, O extends @Nullable Object> Pending<O> fork(Task<I, O> child, I input, Start start);

    /** Starts a child and waits for its result: {@link #fork(Task, Object)} and {@link Pending#join}. */
    <I extends @Nullable Object, O extends @Nullable Object> O call(Task<I, O> child, I input);

    /** Starts a child and waits for its result: {@link #fork(Task, Object, Start)} and {@link Pending#join}. */
    <I extends @Nullable Object, O extends @Nullable Object> O call(Task<I, O> child, I input, Start start);

    /**
     * Waits for all of these.
     *
     * @return the results in the order given
     * @throws StepFailed or RunFailed when all have ended, if one has failed: the first in the order given
     */
    <T extends @Nullable Object> List<T> all(Collection<? extends Pending<? extends T>> pending);

    /**
     * Waits for one of these, whether it ends well or not. Which one is recorded. The others go on: join them, or leave
     * them to the end of the run. Takes a key.
     */
    <T extends @Nullable Object> Pending<T> any(Collection<? extends Pending<? extends T>> pending);

    /**
     * Waits for so long. A wait that is longer than the task's {@link Task#giveUpAfter} costs one row and no thread: the
     * body is left by {@link Unwind.GivenUp} and called again when the time has come. Takes a key.
     */
    void sleep(Duration time);

    /** Waits until then: see {@link #sleep}. A time that has passed is over at once. */
    void sleepUntil(Instant time);

    /**
     * Waits for a signal of this name, as {@link #sleep} waits. One that came before it was waited for was kept; several
     * are taken in the order in which they came, each by one wait. Takes a key.
     */
    <T extends @Nullable Object> T await(Signal<T> signal);

    /**
     * Waits for a signal, but no longer than this: see {@link #await(Signal)}.
     *
     * @return empty if none came in time (or if its value is null); that is recorded too
     */
    <T> Optional<T> await(Signal<T> signal, Duration timeout);

    /** A token whose value has no type arguments: see {@link #token(String, TypeRef, Duration)}. */
    <T> Token<T> token(String name, Class<T> type, Duration timeout);

    /**
     * Opens a token, which somebody outside completes who was told its id. Takes a key.
     *
     * @param name for people
     * @param timeout how long it is open, from now
     */
    <T> Token<T> token(String name, TypeRef<T> type, Duration timeout);

    /** The time, recorded: the same in every replay. Takes a key, as a step does. */
    Instant now();

    /**
     * Random numbers that are the same in every replay of this run. Nothing is written; the one generator of the run goes
     * on where the last call left it, and has the rules of the Context for its thread.
     */
    RandomGenerator random();

    /**
     * Whether this run is new enough for a change of the code. True for runs that had recorded nothing beyond this place
     * when they first met the change, and from then on; false for runs that went by here with the old code.
     *
     * <pre>{@code if (ctx.changed("new-pricing")) … else … }</pre>
     *
     * @param change a name for the change, unique in the task
     */
    boolean changed(String change);

    /**
     * Sends a chunk to the watchers, between steps. Silent while replaying what was sent before.
     *
     * @throws IllegalArgumentException if the chunk is larger than 64,000 bytes of JSON
     * @throws IllegalStateException from inside the body of a step: use the scope's own send there
     */
    void send(Object chunk);
}
