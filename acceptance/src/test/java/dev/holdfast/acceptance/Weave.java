package dev.holdfast.acceptance;

import dev.holdfast.core.Retry;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Step;
import dev.holdfast.sdk.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A task that sends in every way there is: side by side, between steps, half and then anew, before and after a long wait. */
final class Weave {
    static final Task<Integer, Integer> TASK =
            Task.named("weave", Integer.class, Integer.class).giveUpAfter(Duration.ofMillis(30));

    private static final Step<Integer> LEFT = Step.named("left", Integer.class);
    private static final Step<Integer> RIGHT = Step.named("right", Integer.class);
    private static final Step<Integer> AGAIN =
            Step.named("again", Integer.class).retry(Retry.fixed(3, Duration.ofMillis(5)));
    private static final int PIECES = 5;

    private Weave() {}

    static int run(Context ctx, Integer rounds) {
        int sum = 0;
        for (int i = 1; i <= rounds; i++) {
            int round = i;
            ctx.send("before" + round + "\n");
            var left = ctx.fork(LEFT, s -> pieces(s, "left" + round, 3));
            var right = ctx.fork(RIGHT, s -> pieces(s, "right" + round, 4));
            ctx.send("beside" + round + "\n");
            for (int each : ctx.all(List.of(left, right))) sum += each;
            sum += ctx.step(AGAIN, s -> {
                s.send("again" + round + ".1\n");
                Thread.sleep(4);
                if (s.attempt() < 3) throw new IllegalStateException("in the middle of its text");
                s.send("again" + round + ".2\n");
                return 1;
            });
            ctx.send("asleep" + round + "\n");
            ctx.sleep(Duration.ofMillis(60));
            ctx.send("awake" + round + "\n");
        }
        return sum;
    }

    private static int pieces(Step.Scope step, String name, int millis) throws InterruptedException {
        for (int i = 1; i <= PIECES; i++) {
            step.send(name + "." + i + "\n");
            Thread.sleep(millis);
        }
        return 1;
    }

    /** Whether this is what so many rounds say: only what is side by side may be in any order. */
    static List<String> violations(String text, int rounds) {
        var all = new ArrayList<String>();
        var lines = List.of(text.split("\n"));
        for (String name : List.of("left", "right")) {
            var expected = new ArrayList<String>();
            for (int i = 1; i <= rounds; i++) for (int k = 1; k <= PIECES; k++) expected.add(name + i + "." + k);
            var seen = lines.stream().filter(l -> l.startsWith(name)).toList();
            if (!seen.equals(expected)) all.add(name + ": " + seen);
        }
        var expected = new ArrayList<String>();
        for (int i = 1; i <= rounds; i++) {
            expected.addAll(List.of(
                    "before" + i, "beside" + i, "again" + i + ".1", "again" + i + ".2", "asleep" + i, "awake" + i));
        }
        var seen = lines.stream()
                .filter(l -> !l.startsWith("left") && !l.startsWith("right"))
                .toList();
        if (!seen.equals(expected)) all.add("the rest: " + seen);
        return all;
    }
}
