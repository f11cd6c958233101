package dev.holdfast.examples;

import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Task;

/** Does nothing, with any input: what a run costs by itself. */
public final class Noop {
    /** Any JSON, or null, in; null out. */
    public static final Task<Object, Void> TASK = Task.named("noop", Object.class, Void.class);

    private Noop() {}

    static Handler<Object, Void> handler() {
        return Handler.of(TASK, (ctx, input) -> {});
    }
}
