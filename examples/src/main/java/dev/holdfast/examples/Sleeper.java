package dev.holdfast.examples;

import dev.holdfast.core.NoRetry;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Task;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Sleeps, and says for how long it did. A sleep of more than 5 s costs a row and no thread: so that a hundred thousand of
 * them cost no more than their rows.
 */
public final class Sleeper {
    public static final Task<Input, Result> TASK = Task.named("sleeper", Input.class, Result.class);

    private static final String USAGE = "{\"seconds\": 20}";

    private Sleeper() {}

    /** @param seconds for how long */
    public record Input(long seconds) {
        /** Refuses what cannot be meant: such a run is not even started. */
        public Input {
            if (seconds < 0) throw new IllegalArgumentException("seconds cannot be negative, is " + seconds);
        }
    }

    /** @param slept from the first moment to the last, whatever died in between */
    public record Result(Duration slept) {}

    static Handler<Input, Result> handler() {
        return TASK.handle(Sleeper::run);
    }

    private static Result run(Context ctx, @Nullable Input input) {
        if (input == null) throw new NoRetry("sleeper needs an input: " + USAGE);
        // Recorded, so that it is the same after a restart.
        Instant begin = ctx.now();
        ctx.send("sleeps for " + input.seconds() + " s\n");
        ctx.sleep(Duration.ofSeconds(input.seconds()));
        Duration slept = Duration.between(begin, ctx.now());
        ctx.send("slept " + slept.toMillis() + " ms\n");
        return new Result(slept);
    }
}
