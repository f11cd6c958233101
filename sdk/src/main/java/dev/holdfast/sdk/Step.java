package dev.holdfast.sdk;

import dev.holdfast.core.Retry;
import java.sql.Connection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A recorded piece of a run: a name, the type of its result, and a policy of its own. A constant, like {@link Task};
 * every method that sets something returns a copy.
 *
 * <pre>{@code
 * static final Step<List<String>> PICK =
 *         Step.named("pick", new TypeRef<List<String>>() {}).retry(Retry.exponential(3)).timeout(Duration.ofSeconds(20));
 * }</pre>
 */
public final class Step<T extends @Nullable Object> {
    private final String name;
    private final TypeRef<T> type;
    private final Retry retry;
    private final @Nullable Duration timeout;

    private Step(String name, TypeRef<T> type, Retry retry, @Nullable Duration timeout) {
        this.name = name;
        this.type = type;
        this.retry = retry;
        this.timeout = timeout;
    }

    /**
     * A step without retries of its own and without a timeout.
     *
     * @param name 1 to 200 characters, no control characters. The same at the same place in every replay
     * @param type of the result; {@code Void.class} for none
     * @throws IllegalArgumentException if the name or the type is not allowed
     */
    public static <T extends @Nullable Object> Step<T> named(String name, Class<T> type) {
        return named(name, TypeRef.of(type));
    }

    /** A step whose result has type arguments; see {@link #named(String, Class)}. */
    public static <T extends @Nullable Object> Step<T> named(String name, TypeRef<T> type) {
        return new Step<>(Names.check("step", name), type, Retry.none(), null);
    }

    /**
     * Retries inside this step; the run's attempt does not change. A delay that is longer than the task's
     * {@link Task#giveUpAfter} costs a row and no thread, unless the step executes beside others. Default:
     * {@link Retry#none()}.
     */
    public Step<T> retry(Retry policy) {
        return new Step<>(name, type, policy, timeout);
    }

    /**
     * The body is interrupted after this long, and the try counts as failed ({@code step_timeout}). A body that swallows
     * the interrupt and returns has happened: its result is recorded. Default: no limit.
     */
    public Step<T> timeout(Duration limit) {
        return new Step<>(name, type, retry, Durations.positive("The timeout of the step '" + name + "'", limit));
    }

    public String name() {
        return name;
    }

    public TypeRef<T> type() {
        return type;
    }

    public Retry retry() {
        return retry;
    }

    /** Null for no limit. */
    public @Nullable Duration timeout() {
        return timeout;
    }

    @Override
    public String toString() {
        return "step " + name;
    }

    /** What a step does. It runs at least once and is recorded exactly once. */
    @FunctionalInterface
    public interface Body<T extends @Nullable Object> {
        T run(Scope step) throws Exception;
    }

    /** What a step does in the database, in one transaction with its own record: see {@link Context#transaction}. */
    @FunctionalInterface
    public interface SqlBody<T extends @Nullable Object> {
        /**
         * @param sql in a transaction that has begun. It is neither ended nor closed here: a body that returns commits, one
         *     that throws rolls back
         */
        T run(Connection sql) throws Exception;
    }

    /** What a step does that has no result. */
    @FunctionalInterface
    public interface VoidBody {
        void run(Scope step) throws Exception;
    }

    /** What the body of a step may know and do. Bodies run at least once: hand {@link #key()} to whatever they call. */
    public interface Scope {
        /** Idempotency key: the run and the place of the step, equal in every attempt and epoch. */
        String key();

        /** Fencing token: a resource that keeps the highest it has seen can refuse a zombie. */
        long epoch();

        /** Which try of this step this is, from 1. */
        int attempt();

        /**
         * Sends a chunk that belongs to this step to the watchers: it stands if this try of the step is recorded, and
         * is taken back if not. May be called from any thread while the body runs. Blocks while too much is waiting to
         * be stored.
         *
         * @throws IllegalStateException if this try of the step has ended
         * @throws IllegalArgumentException if the chunk is larger than 64,000 bytes of JSON
         */
        void send(Object chunk);
    }
}
