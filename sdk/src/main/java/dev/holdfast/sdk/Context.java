package dev.holdfast.sdk;

import dev.holdfast.core.RunId;
import dev.holdfast.core.StepFailed;
import java.time.Instant;
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
 * an {@link IllegalStateException}; {@link #runId}, {@link #attempt} and {@link #epoch} may be asked anywhere.
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
