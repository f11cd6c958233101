package dev.holdfast.testkit.world;

import dev.holdfast.core.NoRetry;
import dev.holdfast.core.Retry;
import dev.holdfast.core.RunFailed;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Pending;
import dev.holdfast.sdk.Signal;
import dev.holdfast.sdk.Step;
import dev.holdfast.sdk.Task;
import dev.holdfast.sdk.TypeRef;
import dev.holdfast.sdk.Unwind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What a run can wait for, in an order that follows from its input: time, short and long; signals, tokens; children, joined
 * and left behind; steps side by side. What it says does not depend on what has come.
 */
final class Journey {
    static final Signal<String> GO = Signal.named("go", String.class);
    static final Task<Integer, List<Integer>> TASK = Task.named(
                    "journey", TypeRef.of(Integer.class), new TypeRef<List<Integer>>() {})
            .giveUpAfter(Duration.ofSeconds(1))
            .retry(Retry.fixed(2, Duration.ofSeconds(1)));
    static final Task<Integer, Integer> ERRAND = Task.named("errand", Integer.class, Integer.class)
            .giveUpAfter(Duration.ofMillis(500))
            .retry(Retry.none());

    private final World world;

    Journey(World world) {
        this.world = world;
    }

    /** What is done in one leg of it. */
    enum Leg {
        NAP,
        SLEEP,
        SIGNAL,
        TOKEN,
        CHILDREN,
        FAILING_CHILD,
        FIRST_CHILD,
        BESIDE,
        BACK_OFF;

        static List<Leg> of(int input) {
            var random = new Random(input);
            return random.ints(1 + random.nextInt(3), 0, values().length)
                    .mapToObj(i -> values()[i])
                    .toList();
        }
    }

    /** What a run with this input has said if it succeeded. */
    static String text(int input) {
        var text = new StringBuilder();
        for (Leg leg : Leg.of(input)) {
            text.append("to ").append(leg).append('\n');
            if (leg == Leg.BESIDE) text.append("beside 0\nbeside 1\n");
        }
        return text.append("there\n").toString();
    }

    /** Whether a run with this input waits for all of some children. */
    static boolean hasChildren(int input) {
        return Leg.of(input).contains(Leg.CHILDREN);
    }

    List<Integer> travel(Context ctx, int input) {
        try {
            var results = new ArrayList<Integer>();
            for (Leg leg : Leg.of(input)) {
                ctx.send("to " + leg + "\n");
                results.add(go(ctx, leg, input));
            }
            ctx.send("there\n");
            if (input % 7 == 0 && ctx.attempt() == 1) ctx.call(ERRAND, -1);
            return results;
        } catch (Unwind.Cancelled cancelled) {
            ctx.step("undo", s -> s.send("undone\n"));
            ctx.sleep(Duration.ofMillis(100));
            throw cancelled;
        }
    }

    private int go(Context ctx, Leg leg, int input) {
        return switch (leg) {
            case NAP -> {
                ctx.sleep(Duration.ofMillis(input % 900));
                yield 0;
            }
            case SLEEP -> {
                ctx.sleep(Duration.ofSeconds(2 + input % 20));
                yield 0;
            }
            case SIGNAL -> ctx.await(GO, Duration.ofSeconds(input % 5)).isPresent() ? 1 : 0;
            case TOKEN ->
                ctx.token("never", String.class, Duration.ofMillis(200 + input % 3_000))
                                .await()
                                .isPresent()
                        ? 1
                        : 0;
            case CHILDREN -> {
                var all = new ArrayList<Pending<Integer>>();
                for (int i = 0; i < 3; i++) all.add(ctx.fork(ERRAND, input + i));
                yield ctx.all(all).stream().mapToInt(i -> i).sum();
            }
            case FAILING_CHILD -> {
                try {
                    yield ctx.call(ERRAND, -1);
                } catch (RunFailed e) {
                    yield -1;
                }
            }
            case FIRST_CHILD -> {
                var some = List.of(ctx.fork(ERRAND, input), ctx.fork(ERRAND, input + 1));
                yield ctx.any(some).join() > 0 ? 1 : 0;
            }
            case BESIDE -> beside(ctx, input);
            case BACK_OFF ->
                ctx.step(Step.named("again", Integer.class).retry(Retry.fixed(2, Duration.ofSeconds(3))), s -> {
                    world.executes(s);
                    if (s.attempt() == 1) throw new IllegalStateException("not yet");
                    return 1;
                });
        };
    }

    private int beside(Context ctx, int input) {
        var silent = ctx.fork(Step.named("silent", Integer.class), s -> {
            world.executes(s);
            world.turns().sleep(Duration.ofMillis(input % 400));
            return 1;
        });
        var talks = ctx.fork(Step.named("talks", Integer.class).retry(Retry.fixed(3, Duration.ofMillis(700))), s -> {
            world.executes(s);
            s.send("beside 0\n");
            world.turns().sleep(Duration.ofMillis(input % 300));
            if (s.attempt() == 1 && input % 2 == 0) throw new IllegalStateException("in the middle");
            s.send("beside 1\n");
            return 1;
        });
        return ctx.all(List.of(silent, talks)).stream().mapToInt(i -> i).sum();
    }

    /** A child: it may sleep, and fails if it is asked to. */
    static Integer errand(Context ctx, Integer input) {
        if (input < 0) throw new NoRetry("it cannot be done");
        if (input % 3 == 0) ctx.sleep(Duration.ofMillis(input % 1_500));
        return ctx.step("do", Integer.class, s -> input * 2);
    }
}
