package dev.holdfast.examples;

import dev.holdfast.core.NoRetry;
import dev.holdfast.core.Retry;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Step;
import dev.holdfast.sdk.Task;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Fails as often as it is told and then succeeds: to see retries. A failure ends the attempt, and the run is tried again
 * after a back-off; with {@code inStep} the step is tried again inside the same attempt.
 */
public final class Flaky {
    private static final Retry RETRY = Retry.exponential(5).startingAt(Duration.ofMillis(100));

    public static final Task<Input, Result> TASK =
            Task.named("flaky", Input.class, Result.class).retry(RETRY);

    private static final Step<Integer> STUBBORN =
            Step.named("flake", Integer.class).retry(RETRY);

    private Flaky() {}

    /**
     * @param failures how many tries fail; from five on none is left
     * @param inStep true: the step retries, not the run
     */
    public record Input(int failures, @Nullable Boolean inStep) {}

    /** @param attempts how many tries it took */
    public record Result(int attempts) {}

    static Handler<Input, Result> handler() {
        return TASK.handle(Flaky::run);
    }

    private static Result run(Context ctx, @Nullable Input input) {
        if (input == null)
            throw new NoRetry("flaky needs an input: {\"failures\": 2}, and \"inStep\": true if you like");
        if (Boolean.TRUE.equals(input.inStep())) {
            return new Result(ctx.step(STUBBORN, s -> tried(s.attempt(), input.failures())));
        }
        return new Result(ctx.step("flake", Integer.class, s -> tried(ctx.attempt(), input.failures())));
    }

    private static int tried(int attempt, int failures) throws IOException {
        if (attempt <= failures) throw new IOException("try " + attempt + " fails, as it was told to");
        return attempt;
    }
}
