package dev.holdfast.sdk;

import dev.holdfast.core.RunFailed;
import dev.holdfast.core.StepFailed;
import org.jspecify.annotations.Nullable;

/**
 * Something begun in this run whose result is not awaited yet: the body of a step, or a child. Belongs to the thread of
 * the Context that has made it.
 *
 * <pre>{@code
 * var left = ctx.fork(LEFT, s -> …);
 * var right = ctx.fork(RIGHT, s -> …);
 * return left.join() + right.join();
 * }</pre>
 */
public interface Pending<T extends @Nullable Object> {
    /**
     * Its result; waits for it as {@link Context#await(Signal)} waits.
     *
     * @throws StepFailed if it is a step that gave up
     * @throws RunFailed if it is a child that did not succeed
     */
    T join();
}
