package dev.holdfast.sdk;

import dev.holdfast.core.Refused;
import dev.holdfast.core.RunFailed;
import dev.holdfast.core.RunId;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One run, from outside. Holds no connection; can be made again from the id.
 *
 * <p>It is for ordinary Java code. Inside the body of a task it would wait without being recorded.
 */
public interface RunHandle<O extends @Nullable Object> {
    RunId id();

    /**
     * Waits for the end.
     *
     * @return the result
     * @throws RunFailed if the run did not succeed
     * @throws InterruptedException if the waiting thread was interrupted; the run goes on
     */
    O join() throws InterruptedException;

    /**
     * Waits for the end, but not longer than this.
     *
     * @return empty if it is still going. A result that is null is empty too: ask {@link #show} then
     * @throws RunFailed if the run did not succeed
     * @throws InterruptedException if the waiting thread was interrupted; the run goes on
     */
    Optional<O> join(Duration limit) throws InterruptedException;

    /** All there is to see of it now. */
    RunInfo show();

    /** Why it does not progress right now, and what happens next, in one sentence. */
    String explain();

    /**
     * Sends it a signal. Durable when it returns; it is kept until the run waits for it.
     *
     * @throws Refused {@code run_finished} if the run has ended
     */
    default <T extends @Nullable Object> void signal(Signal<T> signal, T value) {
        signal(signal, value, null);
    }

    /**
     * Sends it a signal, once, however often it is asked with this request id.
     *
     * @param requestId kept for {@link dev.holdfast.core.Defaults#REQUEST_RETENTION}; null for none
     * @throws Refused {@code run_finished} if the run has ended, {@code request_id_reused} if the id was used for
     *     something else
     */
    <T extends @Nullable Object> void signal(Signal<T> signal, T value, @Nullable String requestId);

    /** Asks for it to be stopped. Durable when it returns; a run that has ended stays as it is. */
    void cancel();

    /** What it sends, from the beginning. */
    RunStream stream();
}
