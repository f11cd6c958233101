package dev.holdfast.examples;

import dev.holdfast.core.NoRetry;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Signal;
import dev.holdfast.sdk.Task;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Asks, waits for somebody to say yes, and then does it. The wait costs a row and no thread, and outlives every restart;
 * without a yes the run fails, once and for all, and says why.
 */
public final class Approval {
    public static final Task<Input, String> TASK = Task.named("approval", Input.class, String.class);

    /** True to go on, false to refuse. */
    public static final Signal<Boolean> APPROVED = Signal.named("approved", Boolean.class);

    private static final Duration PATIENCE = Duration.ofDays(7);
    private static final String USAGE = "{\"what\": \"the new prices\", \"timeout\": \"PT1H\"}";

    private Approval() {}

    /**
     * @param what is to be approved
     * @param timeout how long somebody has to say so, such as PT1H; 7 days if it is missing
     */
    public record Input(String what, @Nullable Duration timeout) {
        /** Refuses what cannot be meant: such a run is not even started. */
        public Input {
            // A property that is missing in the JSON is null here, whatever the type says.
            if (what == null || what.isBlank()) throw new IllegalArgumentException("what is missing: " + USAGE);
            if (timeout != null && timeout.isNegative()) {
                throw new IllegalArgumentException("timeout cannot be negative, is " + timeout);
            }
        }
    }

    static Handler<Input, String> handler() {
        return TASK.handle(Approval::run);
    }

    private static String run(Context ctx, @Nullable Input input) {
        if (input == null) throw new NoRetry("approval needs an input: " + USAGE);
        Duration patience = input.timeout() == null ? PATIENCE : input.timeout();
        ctx.step(
                "ask",
                s -> s.send("May I do '" + input.what() + "'? Say so: holdfast signal " + ctx.runId()
                        + " approved true\n"));

        var answer = ctx.await(APPROVED, patience);

        // Nothing would be better at the next try, so there is none.
        if (answer.isEmpty()) throw new NoRetry("nobody has approved '" + input.what() + "' within " + patience);
        if (!answer.get()) throw new NoRetry("'" + input.what() + "' was refused");
        return ctx.step("do", String.class, s -> {
            String done = "done: " + input.what();
            s.send(done + "\n");
            return done;
        });
    }
}
