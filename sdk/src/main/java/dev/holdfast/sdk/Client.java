package dev.holdfast.sdk;

import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything one can ask of Holdfast, wherever it runs.
 *
 * <p>Every method throws {@link Refused} with a stable code if the request cannot be granted (nothing was changed), and
 * {@link Unavailable} if the infrastructure fails (try again, with the same request id).
 *
 * <pre>{@code Receipt receipt = client.start(CHECKOUT, order, Start.idempotent(order.id())).join(); }</pre>
 */
public interface Client extends AutoCloseable {
    /** Starts a run as soon as there is a slot. When it returns, the run is durable. */
    <I extends @Nullable Object, O extends @Nullable Object> RunHandle<O> start(Task<I, O> task, I input);

    /** Starts a run. When it returns, the run is durable; it may be one that was started before by the same key. */
    <I extends @Nullable Object, O extends @Nullable Object> RunHandle<O> start(Task<I, O> task, I input, Start start);

    /**
     * Starts a run for each input, at once: all of them, or none.
     *
     * @param start for each of them, and therefore without a business key; a request id is that of the whole
     * @return in the order of the inputs
     * @throws IllegalArgumentException if {@code start} has a key: it belongs to one run
     */
    <I extends @Nullable Object, O extends @Nullable Object> List<RunHandle<O>> startAll(
            Task<I, O> task, Collection<? extends I> inputs, Start start);

    /** A run that was started before. Nothing is asked yet: an unknown id shows itself at the first question. */
    <O extends @Nullable Object> RunHandle<O> run(RunId id, Class<O> type);

    /** A run that was started before; its result is read as the task declares it. */
    <O extends @Nullable Object> RunHandle<O> run(RunId id, Task<?, O> task);

    /**
     * Completes a token with a value: the first value counts.
     *
     * @throws Refused {@code token_unknown} if nobody waits for it (any more), {@code token_completed} if somebody was
     *     quicker
     */
    default <T extends @Nullable Object> void complete(String token, T value) {
        complete(token, value, null);
    }

    /**
     * Completes a token with a value. Asked again with the same request id it answers as before, also when the run has
     * ended meanwhile: whoever did not hear the answer asks again.
     *
     * @param requestId kept for {@link dev.holdfast.core.Defaults#REQUEST_RETENTION}; null for none
     * @throws Refused as without, and {@code request_id_reused} if the id was used for something else
     */
    <T extends @Nullable Object> void complete(String token, T value, @Nullable String requestId);

    /**
     * Declares a schedule. The same one again changes nothing, so it may be declared at each boot; another one by its name
     * takes its place from now on.
     *
     * @throws Refused {@code cron_invalid}, {@code zone_unknown}, or as a start of its task would be
     */
    void schedule(Schedule schedule);

    /**
     * Removes a schedule; the runs that it has started stay.
     *
     * @throws Refused {@code schedule_unknown}
     */
    void unschedule(String name);

    /** Releases what the client holds. Never waits for runs to end: they go on, here after the next start, or elsewhere. */
    @Override
    void close();
}
