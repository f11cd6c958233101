package dev.holdfast.examples;

import dev.holdfast.core.NoRetry;
import dev.holdfast.core.Retry;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Pending;
import dev.holdfast.sdk.Step;
import dev.holdfast.sdk.Task;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Lines of a poem, sent one after the other: each says who sends it, in which epoch and when, so that whoever reads them can tell
 * attempts apart. What a drill of streams lets nodes die over.
 */
public final class Recital {
    public static final Task<Input, Result> TASK =
            Task.named("recital", Input.class, Result.class).retry(Retry.fixed(3, Duration.ofMillis(50)));

    private static final Step<Integer> PART = Step.named("part", Integer.class);
    private static final String USAGE = "{\"parts\": 4, \"lines\": 5, \"millis\": 100, \"shape\": \"STEPS\"}";

    private Recital() {}

    /** How the lines are sent. */
    public enum Shape {
        /** Each part is a step, which sends its lines. */
        STEPS,
        /** The lines of a part are sent between steps, and a step follows them. */
        BETWEEN,
        /** Two parts at a time. */
        PARALLEL,
        /** As steps; the first attempt that takes over fails before it has sent anything, and the next one begins anew. */
        FAILING,
        /** As steps; whoever takes over sends nothing. */
        SILENT
    }

    /**
     * @param parts how many
     * @param lines of each part
     * @param millis from one line to the next
     * @param shape how they are sent
     */
    public record Input(int parts, int lines, long millis, Shape shape) {
        /** Refuses what cannot be meant: such a run is not even started. */
        public Input {
            // A property that is missing in the JSON is null here, whatever the type says.
            if (parts < 1 || lines < 1 || millis < 0 || shape == null)
                throw new IllegalArgumentException("that is no recital: " + USAGE);
        }
    }

    /** @param lines how many were sent, or would have been by who is not silent */
    public record Result(int lines) {}

    /**
     * @param part from 1
     * @param number within its part, from 1
     * @param epoch in which it was sent
     * @param pid of the process that sent it
     * @param micros when, by the machine's clock, since 1970
     */
    public record Line(int part, int number, long epoch, long pid, long micros) {
        private static Line now(int part, int number, long epoch) {
            long micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
            return new Line(part, number, epoch, ProcessHandle.current().pid(), micros);
        }
    }

    static Handler<Input, Result> handler() {
        return TASK.handle(Recital::run);
    }

    private static Result run(Context ctx, @Nullable Input input) {
        if (input == null) throw new NoRetry("recital needs an input: " + USAGE);
        boolean tookOver = ctx.epoch() > 1 && ctx.attempt() == 1;
        if (tookOver && input.shape() == Shape.FAILING)
            throw new IllegalStateException("whoever takes over a failing recital fails");
        return new Result(
                switch (input.shape()) {
                    case STEPS, FAILING, SILENT -> steps(ctx, input);
                    case BETWEEN -> between(ctx, input);
                    case PARALLEL -> parallel(ctx, input);
                });
    }

    private static int steps(Context ctx, Input input) {
        int lines = 0;
        for (int part = 1; part <= input.parts(); part++) {
            int number = part;
            lines += ctx.step(PART, s -> recited(s, number, input));
        }
        return lines;
    }

    private static int parallel(Context ctx, Input input) {
        int lines = 0;
        for (int part = 1; part <= input.parts(); part += 2) {
            var two = new ArrayList<Pending<Integer>>();
            for (int number = part; number <= Math.min(part + 1, input.parts()); number++) {
                int its = number;
                two.add(ctx.fork(PART, s -> recited(s, its, input)));
            }
            for (int each : ctx.all(two)) lines += each;
        }
        return lines;
    }

    private static int between(Context ctx, Input input) {
        int lines = 0;
        for (int part = 1; part <= input.parts(); part++) {
            for (int number = 1; number <= input.lines(); number++) ctx.send(Line.now(part, number, ctx.epoch()));
            // Only a step may take its time: a replay does not take it again.
            lines += ctx.step(PART, s -> {
                Thread.sleep(input.millis() * input.lines());
                return input.lines();
            });
        }
        return lines;
    }

    private static int recited(Step.Scope scope, int part, Input input) throws InterruptedException {
        for (int number = 1; number <= input.lines(); number++) {
            if (input.shape() != Shape.SILENT || scope.epoch() == 1) scope.send(Line.now(part, number, scope.epoch()));
            Thread.sleep(input.millis());
        }
        return input.lines();
    }
}
