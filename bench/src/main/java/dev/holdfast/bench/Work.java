package dev.holdfast.bench;

import dev.holdfast.sdk.Task;

/** The tasks that are measured. Their input is the number of the client that started them. */
final class Work {
    static final Task<Integer, Void> NOOP = Task.named("noop", Integer.class, Void.class);

    private Work() {}
}
