package dev.holdfast.examples;

import dev.holdfast.core.NoRetry;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Pending;
import dev.holdfast.sdk.Task;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Starts children, each a run of its own, and adds up what they return. A cancel of it cancels those that still go on. */
public final class Fanout {
    public static final Task<Input, Result> TASK = Task.named("fanout", Input.class, Result.class);

    /** The child: what it returns is ten times its number. */
    public static final Task<Long, Long> PART = Task.named("part", Long.class, Long.class);

    private static final int MOST = 1_000;
    private static final String USAGE = "{\"children\": 5}";

    private Fanout() {}

    /** @param children how many, 1 to 1,000 */
    public record Input(int children) {
        /** Refuses what cannot be meant: such a run is not even started. */
        public Input {
            if (children < 1 || children > MOST) {
                throw new IllegalArgumentException(
                        "children must be from 1 to " + MOST + ", is " + children + ": " + USAGE);
            }
        }
    }

    /**
     * @param parts how many children there were
     * @param sum of what they returned
     */
    public record Result(int parts, long sum) {}

    static Handler<Input, Result> handler() {
        return TASK.handle(Fanout::run);
    }

    static Handler<Long, Long> part() {
        return PART.handle((ctx, number) -> {
            long part = number == null ? 0 : number;
            return ctx.step("multiply", Long.class, s -> {
                s.send("part " + part + " is " + part * 10 + "\n");
                return part * 10;
            });
        });
    }

    private static Result run(Context ctx, @Nullable Input input) {
        if (input == null) throw new NoRetry("fanout needs an input: " + USAGE);
        var parts = new ArrayList<Pending<Long>>();
        for (long number = 1; number <= input.children(); number++) {
            parts.add(ctx.fork(PART, number));
            ctx.send("part " + number + " of " + input.children() + " is on its way\n");
        }
        List<Long> results = ctx.all(parts);
        long sum = results.stream().mapToLong(Long::longValue).sum();
        ctx.send("all parts are back: " + sum + "\n");
        return new Result(results.size(), sum);
    }
}
