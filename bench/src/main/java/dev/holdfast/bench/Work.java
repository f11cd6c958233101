package dev.holdfast.bench;

import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Pending;
import dev.holdfast.sdk.Task;
import java.util.ArrayList;

/** The tasks that are measured. */
final class Work {
    static final int STEPS = 5;
    static final int CHILDREN = 100;

    /** Does nothing. Its input is the number of the client that started it. */
    static final Task<Integer, Void> NOOP = Task.named("noop", Integer.class, Void.class);

    /** Has steps, each of which returns a number. */
    static final Task<Integer, Integer> STEPPING = Task.named("stepping", Integer.class, Integer.class);

    /** Starts children that do nothing, and waits for all of them. */
    static final Task<Integer, Integer> FANOUT = Task.named("fanout", Integer.class, Integer.class);

    static final Task<Integer, Integer> PART = Task.named("part", Integer.class, Integer.class);

    private Work() {}

    static Handler<Integer, Integer> stepping() {
        return STEPPING.handle((ctx, client) -> {
            int sum = 0;
            for (int i = 0; i < STEPS; i++) {
                int number = i;
                sum += ctx.step("step", Integer.class, s -> number);
            }
            return sum;
        });
    }

    static Handler<Integer, Integer> fanout() {
        return FANOUT.handle((ctx, client) -> children(ctx));
    }

    private static int children(Context ctx) {
        var parts = new ArrayList<Pending<Integer>>();
        for (int i = 0; i < CHILDREN; i++) parts.add(ctx.fork(PART, i));
        return ctx.all(parts).size();
    }

    static Handler<Integer, Integer> part() {
        return PART.handle((ctx, number) -> number);
    }
}
