package dev.holdfast.sdk;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Retry;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A contract, not code: a name, the types of input and result, and a policy. An immutable constant that callers and
 * hosts share; every method that sets something returns a copy.
 *
 * <pre>{@code
 * static final Task<Order, Receipt> CHECKOUT =
 *         Task.named("checkout", Order.class, Receipt.class).queue("payments").retry(Retry.exponential(5));
 * }</pre>
 *
 * @param <I> the input
 * @param <O> the result; {@code Void} for none
 */
public final class Task<I extends @Nullable Object, O extends @Nullable Object> {
    private final String name;
    private final TypeRef<I> input;
    private final TypeRef<O> output;
    private final Policy policy;

    private final @Nullable LaneOf<I> lane;

    private record LaneOf<I extends @Nullable Object>(Lane.Kind kind, Function<? super I, @Nullable String> name) {}

    private record Policy(
            String queue,
            Retry retry,
            Duration giveUpAfter,
            @Nullable Duration maxDuration,
            String version) {
        static final Policy DEFAULT =
                new Policy(Defaults.QUEUE, Defaults.TASK_RETRY, Defaults.GIVE_UP_AFTER, null, Defaults.VERSION);
    }

    private Task(String name, TypeRef<I> input, TypeRef<O> output, Policy policy, @Nullable LaneOf<I> lane) {
        this.name = name;
        this.input = input;
        this.output = output;
        this.policy = policy;
        this.lane = lane;
    }

    /**
     * A task with the default policy.
     *
     * @param name 1 to {@value Defaults#NAME_LIMIT} characters, no control characters; unique among what is hosted
     * @throws IllegalArgumentException if the name or a type is not allowed
     */
    public static <I extends @Nullable Object, O extends @Nullable Object> Task<I, O> named(
            String name, Class<I> input, Class<O> output) {
        return named(name, TypeRef.of(input), TypeRef.of(output));
    }

    /** A task whose types have arguments; see {@link #named(String, Class, Class)}. */
    public static <I extends @Nullable Object, O extends @Nullable Object> Task<I, O> named(
            String name, TypeRef<I> input, TypeRef<O> output) {
        return new Task<>(Names.check("task", name), input, output, Policy.DEFAULT, null);
    }

    /** Where its runs wait for their turn. Default: {@value Defaults#QUEUE}. */
    public Task<I, O> queue(String queue) {
        var p = policy;
        return with(new Policy(Names.check("queue", queue), p.retry, p.giveUpAfter, p.maxDuration, p.version));
    }

    /**
     * Each run is in the lane of its queue that its input names: lanes take turns, and each of them has as many slots as
     * the queue gives to its lanes. Named by the Java client and by nodes that host the task; any other start names it itself.
     *
     * @param name null for an input that names none: whoever starts the run does
     */
    public Task<I, O> lane(Function<? super I, @Nullable String> name) {
        return new Task<>(this.name, input, output, policy, new LaneOf<>(Lane.Kind.CONCURRENT, name));
    }

    /**
     * As {@link #lane}, and runs of one lane follow one another: the next one begins when the one before has ended, with
     * all its waits and retries. What conversations are made of.
     */
    public Task<I, O> serialLane(Function<? super I, @Nullable String> name) {
        return new Task<>(this.name, input, output, policy, new LaneOf<>(Lane.Kind.SERIAL, name));
    }

    /** When a failed attempt is tried again. Default: {@value Defaults#TASK_ATTEMPTS} attempts, exponential from 1 s. */
    public Task<I, O> retry(Retry retry) {
        var p = policy;
        return with(new Policy(p.queue, retry, p.giveUpAfter, p.maxDuration, p.version));
    }

    /** A wait that is longer than this frees the thread. Default: 5 s. */
    public Task<I, O> giveUpAfter(Duration wait) {
        var p = policy;
        return with(new Policy(p.queue, p.retry, Durations.notNegative("giveUpAfter", wait), p.maxDuration, p.version));
    }

    /** From the first start to the end, all attempts and waits together; then the run ends TIMED_OUT. Default: no limit. */
    public Task<I, O> maxDuration(Duration limit) {
        var p = policy;
        return with(new Policy(p.queue, p.retry, p.giveUpAfter, Durations.positive("maxDuration", limit), p.version));
    }

    /**
     * Which code this is. A run that does not fit the code of one version is parked until another one is hosted.
     * Default: {@value Defaults#VERSION}.
     */
    public Task<I, O> version(String version) {
        var p = policy;
        return with(new Policy(p.queue, p.retry, p.giveUpAfter, p.maxDuration, Names.check("version", version)));
    }

    private Task<I, O> with(Policy next) {
        return new Task<>(name, input, output, next, lane);
    }

    /** Binds the code: the only place where a task meets its implementation. */
    public Handler<I, O> handle(Body<I, O> body) {
        return new Handler<>(this, body);
    }

    public String name() {
        return name;
    }

    public TypeRef<I> input() {
        return input;
    }

    public TypeRef<O> output() {
        return output;
    }

    public String queue() {
        return policy.queue;
    }

    /** What kind of lane every run of it is in; null if it names none. */
    public Lane.@Nullable Kind laneKind() {
        return lane == null ? null : lane.kind;
    }

    /** The lane of a start with this input: the one that the start names, or else the task; null if none does. */
    public @Nullable String laneOf(I value, Start start) {
        return start.lane() == null ? laneOf(value) : start.lane();
    }

    /** The lane that this input names; null if the task names none. */
    public @Nullable String laneOf(I value) {
        return lane == null ? null : lane.name.apply(value);
    }

    public Retry retry() {
        return policy.retry;
    }

    public Duration giveUpAfter() {
        return policy.giveUpAfter;
    }

    /** Null for no limit. */
    public @Nullable Duration maxDuration() {
        return policy.maxDuration;
    }

    public String version() {
        return policy.version;
    }

    @Override
    public String toString() {
        return "task " + name;
    }

    /**
     * The code of a task. It is called from the top in every attempt and every epoch: what must happen once belongs into
     * steps, and between them it may only depend on its input and on what the Context returned.
     */
    @FunctionalInterface
    public interface Body<I extends @Nullable Object, O extends @Nullable Object> {
        O run(Context ctx, I input) throws Exception;
    }
}
