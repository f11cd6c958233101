package dev.holdfast.sdk;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a run is started. Immutable; every method that sets something returns a copy.
 *
 * <pre>{@code client.start(CHECKOUT, order, Start.idempotent(order.id()).delay(Duration.ofMinutes(5))); }</pre>
 */
public final class Start {
    private static final Start NOW = new Start(
            new Identity(null, null, null),
            new Timing(Duration.ZERO, null, Duration.ZERO, null),
            null,
            List.of(),
            false);

    private final Identity identity;
    private final Timing timing;
    private final @Nullable Duration maxDuration;
    private final List<String> tags;
    private final boolean detached;

    private record Identity(
            @Nullable String key,
            @Nullable String requestId,
            @Nullable String lane) {}

    private record Timing(
            Duration delay,
            @Nullable Duration ttl,
            Duration priority,
            @Nullable Debounce debounce) {}

    /**
     * See {@link #debounce(String, Duration)}.
     *
     * @param key of the starts that are one run
     * @param quiet how long there must be none of them
     */
    public record Debounce(String key, Duration quiet) {}

    private Start(
            Identity identity, Timing timing, @Nullable Duration maxDuration, List<String> tags, boolean detached) {
        this.identity = identity;
        this.timing = timing;
        this.maxDuration = maxDuration;
        this.tags = tags;
        this.detached = detached;
    }

    /** As soon as there is a slot. */
    public static Start now() {
        return NOW;
    }

    /** With a business key: see {@link #key(String)}. */
    public static Start idempotent(String key) {
        return NOW.key(key);
    }

    /**
     * A business key: while a run of the same task holds it, a start answers that run. It is held while the run lives,
     * and for 30 days after it succeeded or was cancelled; other outcomes free it.
     */
    public Start key(String key) {
        return new Start(new Identity(key, identity.requestId, identity.lane), timing, maxDuration, tags, detached);
    }

    /**
     * By which a repetition of this very call is recognised, for 24 hours. Default: a new one for each call, which the
     * client reuses in its own retries.
     */
    public Start requestId(String id) {
        return new Start(new Identity(identity.key, id, identity.lane), timing, maxDuration, tags, detached);
    }

    /**
     * The lane of the task's queue that it is in, instead of the one that {@link Task#lane} names. Serial if the task's
     * lanes are.
     */
    public Start lane(String name) {
        return new Start(new Identity(identity.key, identity.requestId, name), timing, maxDuration, tags, detached);
    }

    /** Not before this long has passed. */
    public Start delay(Duration delay) {
        return with(new Timing(Durations.notNegative("delay", delay), timing.ttl, timing.priority, timing.debounce));
    }

    /** Expires if it was not started within this. */
    public Start ttl(Duration beforeFirstStart) {
        return with(new Timing(
                timing.delay, Durations.positive("ttl", beforeFirstStart), timing.priority, timing.debounce));
    }

    /** Its place in the queue is earlier by this much: as if it had been started that long ago. */
    public Start priority(Duration aheadBy) {
        return with(new Timing(timing.delay, timing.ttl, Durations.notNegative("priority", aheadBy), timing.debounce));
    }

    /**
     * Starts of one task with this key that follow each other are one run: it begins when there was none for this long,
     * with the input of the last. The rest is as the first of them said, except that each of them begins the time to live
     * anew. Once it has begun, the next start makes another run. Not together with a business key or a delay.
     */
    public Start debounce(String key, Duration quiet) {
        var debounce = new Debounce(key, Durations.positive("quiet", quiet));
        return with(new Timing(timing.delay, timing.ttl, timing.priority, debounce));
    }

    /** Instead of the task's own {@link Task#maxDuration(Duration)}. */
    public Start maxDuration(Duration limit) {
        return new Start(identity, timing, Durations.positive("maxDuration", limit), tags, detached);
    }

    /** For a child: it goes on when its parent has ended, however that ends. */
    public Start detached() {
        return new Start(identity, timing, maxDuration, tags, true);
    }

    /** For finding it again. Replaces the tags that were set before. */
    public Start tags(String... names) {
        return new Start(identity, timing, maxDuration, List.of(names), detached);
    }

    private Start with(Timing next) {
        return new Start(identity, next, maxDuration, tags, detached);
    }

    /** The business key; null for none. */
    public @Nullable String key() {
        return identity.key;
    }

    /** The request id; null for one per call. */
    public @Nullable String requestId() {
        return identity.requestId;
    }

    /** The lane; null for the one that the task names. */
    public @Nullable String lane() {
        return identity.lane;
    }

    public Duration delay() {
        return timing.delay;
    }

    /** Null for never. */
    public @Nullable Duration ttl() {
        return timing.ttl;
    }

    /** Null for none. */
    public @Nullable Debounce debounce() {
        return timing.debounce;
    }

    public Duration priority() {
        return timing.priority;
    }

    /** Null for the task's. */
    public @Nullable Duration maxDuration() {
        return maxDuration;
    }

    public boolean isDetached() {
        return detached;
    }

    public List<String> tags() {
        return tags;
    }
}
