package dev.holdfast.engine.port;

import dev.holdfast.core.Namespace;
import org.jspecify.annotations.Nullable;

/**
 * A command to a queue or to one of its lanes; there need not be any run in it. It says what is to change and leaves the
 * rest as it finds it, so that two of them that are about different things both count. Of the same thing the newest
 * counts.
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
     * Null leaves what is there.
     *
     * @param isPaused whether claims are given no run of it any more; whoever executes goes on
     * @param concurrency see {@link QueueSettings}, like the others
     */
    public record OfQueue(
            @Nullable Boolean isPaused,
            @Nullable To<Integer> concurrency,
            @Nullable To<Integer> laneConcurrency,
            @Nullable To<Rate> rate)
            implements What {

        /** What these settings become. */
        public QueueSettings over(QueueSettings old) {
            return new QueueSettings(
                    concurrency == null ? old.concurrency() : concurrency.limit(),
                    laneConcurrency == null ? old.laneConcurrency() : laneConcurrency.limit(),
                    rate == null ? old.rate() : rate.limit());
        }
    }

    /**
     * @param lane its name
     * @param isPaused whether claims are given no run of it any more; if not, they are unless its queue is paused
     */
    public record OfLane(String lane, boolean isPaused) implements What {}

    /** @param limit null for none */
    public record To<T>(@Nullable T limit) {}

    /** @param lane null for the whole queue */
    public static What pause(@Nullable String lane) {
        return lane == null ? new OfQueue(true, null, null, null) : new OfLane(lane, true);
    }

    /** @param lane null for the whole queue */
    public static What resume(@Nullable String lane) {
        return lane == null ? new OfQueue(false, null, null, null) : new OfLane(lane, false);
    }

    /** All limits of a queue. */
    public static What configure(QueueSettings settings) {
        return new OfQueue(
                null,
                new To<>(settings.concurrency()),
                new To<>(settings.laneConcurrency()),
                new To<>(settings.rate()));
    }
}
