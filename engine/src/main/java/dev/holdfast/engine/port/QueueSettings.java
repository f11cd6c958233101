package dev.holdfast.engine.port;

import org.jspecify.annotations.Nullable;

/**
 * What a queue allows. A limit that is set below what executes lets those finish.
 *
 * @param concurrency how many of its runs execute at once, over all its lanes; null for no limit
 * @param laneConcurrency how many in each of its concurrent lanes; null for no limit
 * @param rate how often its runs are claimed; null for no limit
 */
public record QueueSettings(
        @Nullable Integer concurrency,
        @Nullable Integer laneConcurrency,
        @Nullable Rate rate) {
    public static final QueueSettings NONE = new QueueSettings(null, null, null);
}
