package dev.holdfast.testkit.world;

import dev.holdfast.core.Retry;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Task;
import java.time.Duration;

/** What is started by the clock, at a rate, or in bursts. */
final class Chores {
    static final Task<Integer, Integer> ROUTINE =
            Task.named("routine", Integer.class, Integer.class).retry(Retry.none());
    static final Task<Integer, Integer> PACED = Task.named("paced", Integer.class, Integer.class)
            .queue("paced")
            .giveUpAfter(Duration.ofMillis(500))
            .retry(Retry.fixed(2, Duration.ofMillis(300)));
    static final Task<Integer, Integer> BURST =
            Task.named("burst", Integer.class, Integer.class).retry(Retry.fixed(2, Duration.ofMillis(300)));

    static final Task<Integer, Integer> TALK = Task.named("talk", Integer.class, Integer.class)
            .queue("talks")
            .giveUpAfter(Duration.ofMillis(300))
            .serialLane(input -> lane(input))
            .retry(Retry.fixed(2, Duration.ofMillis(300)));

    private Chores() {}

    /** Where the runs of talks wait for each other. */
    static String lane(int input) {
        return "talk " + input % 3;
    }

    /** Nobody of its lane executes beside it, whatever it does: it waits, fails, or comes to its end. */
    static Integer talk(Context ctx, int input) {
        int said = ctx.step("say", Integer.class, s -> input);
        if (input % 4 == 0) ctx.sleep(Duration.ofMillis(200 + input % 700));
        if (input % 5 == 0 && ctx.attempt() == 1) throw new IllegalStateException("the first attempt fails");
        return said;
    }

    static Integer routine(Context ctx, int input) {
        return ctx.step("do", Integer.class, s -> input);
    }

    /** Some of them are claimed again: after a wait, or after a failure. */
    static Integer paced(Context ctx, int input) {
        if (input % 3 == 0) ctx.sleep(Duration.ofMillis(600 + input % 900));
        if (input % 5 == 0 && ctx.attempt() == 1) throw new IllegalStateException("the first attempt fails");
        return ctx.step("do", Integer.class, s -> input);
    }

    static Integer burst(Context ctx, int input) {
        if (input % 4 == 0 && ctx.attempt() == 1) throw new IllegalStateException("the first attempt fails");
        return ctx.step("do", Integer.class, s -> input);
    }
}
