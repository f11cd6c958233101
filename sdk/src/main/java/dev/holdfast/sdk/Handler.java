package dev.holdfast.sdk;

import org.jspecify.annotations.Nullable;

/**
 * A task together with its code: what a node is given to host. Made by {@link Task#handle}.
 *
 * @param task the contract
 * @param body the code
 */
public record Handler<I extends @Nullable Object, O extends @Nullable Object>(Task<I, O> task, Task.Body<I, O> body)
        implements Hosted {

    /** For a task that returns nothing. */
    @SuppressWarnings("NullAway") // the one value of Void is null
    public static <I extends @Nullable Object> Handler<I, Void> of(Task<I, Void> task, VoidBody<I> body) {
        return new Handler<>(task, (ctx, input) -> {
            body.run(ctx, input);
            return null;
        });
    }

    /** The code of a task that returns nothing. */
    @FunctionalInterface
    public interface VoidBody<I extends @Nullable Object> {
        void run(Context ctx, I input) throws Exception;
    }
}
