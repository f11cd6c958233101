package dev.holdfast.engine.port;

import org.jspecify.annotations.Nullable;

/**
 * How many runs of a queue may execute at once. A limit that is set below what executes lets those finish.
 *
 * @param concurrency over all its lanes; null for no limit
 * @param laneConcurrency in each of its concurrent lanes; null for no limit
 */
public record QueueSettings(
        @Nullable Integer concurrency, @Nullable Integer laneConcurrency) {
    public static final QueueSettings NONE = new QueueSettings(null, null);
}
