package dev.holdfast.engine.port;

import dev.holdfast.core.Namespace;
import org.jspecify.annotations.Nullable;

/**
 * A command to a queue or to one of its lanes; there need not be any run in it. The newest one counts.
 *
 * @param what what becomes of it
 * @param request the request id under which it was asked for, if any
 */
public record QueueChange(
        Namespace namespace,
        String queue,
        What what,
        @Nullable Request request) {
    public sealed interface What {}

    /**
     * No claim is given a run of it any more. Whoever executes goes on.
     *
     * @param lane the name of a lane; null for the whole queue
     */
    public record Pause(@Nullable String lane) implements What {}

    /** Claims are given runs of it again, unless the other of queue and lane is paused. */
    public record Resume(@Nullable String lane) implements What {}

    public record Configure(QueueSettings settings) implements What {}
}
