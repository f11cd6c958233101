package dev.holdfast.testkit.explain;

import dev.holdfast.core.Retry;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunFailed;
import dev.holdfast.core.StepFailed;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Hosted;
import dev.holdfast.sdk.Pending;
import dev.holdfast.sdk.Signal;
import dev.holdfast.sdk.Start;
import dev.holdfast.sdk.Step;
import dev.holdfast.sdk.Task;
import dev.holdfast.sdk.Unwind;
import dev.holdfast.testkit.sim.Turns;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/** What runs do on the stage: their input says in which order they rest, work, wait, hang, and how they compensate. */
final class Plots {
    static final Set<String> NAMES =
            Set.of("plain", "eager", "talk", "lane", "small", "rests", "stuck", "deaf", "errand", "paced");

    private static final Retry ATTEMPTS = Retry.fixed(2, Duration.ofSeconds(20));
    private static final Signal<String> GO = Signal.named("go", String.class);
    private static final Task<Integer, Integer> ERRAND =
            Task.named("errand", Integer.class, Integer.class).retry(Retry.none());

    private final Turns turns;
    private final Map<String, Instant> tries = new TreeMap<>();
    private boolean open;

    Plots(Turns turns) {
        this.turns = turns;
    }

    /** What can happen in a leg of a plot. */
    private enum Leg {
        WORK,
        SLOW,
        BACK_OFF,
        SLEEP,
        SIGNAL,
        SIGNAL_IN_TIME,
        TOKEN,
        CHILD,
        CHILDREN,
        FIRST,
        RESTS_BESIDE,
        WORKS_BESIDE,
        HANGS,
        IS_DEAF,
        FAILS
    }

    /** Handlers of these tasks. In the second edition a step has another name. */
    List<Hosted> handlers(Set<String> names, int edition) {
        return new TreeSet<>(names)
                .stream().<Hosted>map(name -> handler(name, edition)).toList();
    }

    private Hosted handler(String name, int edition) {
        var task = Task.named(name, Integer.class, Integer.class).retry(ATTEMPTS);
        return switch (name) {
            case "eager" -> task.giveUpAfter(Duration.ZERO).handle((ctx, input) -> tell(ctx, input, edition));
            case "talk" ->
                task.queue("talks").serialLane(n -> "talk").handle((ctx, input) -> tell(ctx, input, edition));
            case "lane" -> task.queue("lanes").lane(n -> "lane").handle((ctx, input) -> tell(ctx, input, edition));
            case "small" -> task.queue("small").handle((ctx, input) -> tell(ctx, input, edition));
            case "paced" -> task.queue("paced").handle((ctx, input) -> input == 0 ? 0 : tell(ctx, input, edition));
            case "rests" ->
                task.handle((ctx, input) -> ctx.fork(
                                Step.named("rests", Integer.class).retry(Retry.fixed(2, Duration.ofSeconds(2))),
                                this::failsOnce)
                        .join());
            case "deaf" -> task.handle((ctx, input) -> beDeaf());
            case "stuck" -> task.handle((ctx, input) -> hang());
            case "errand" -> ERRAND.handle((ctx, input) -> tell(ctx, input, edition));
            default -> task.handle((ctx, input) -> tell(ctx, input, edition));
        };
    }

    /** Its lane; each of these tasks has one. */
    static String lane(Run run) {
        var lane = run.place().lane();
        return lane == null ? "" : lane.name();
    }

    /** When this try of a step began, by {@code RUN:KEY#TRY}. */
    Map<String, Instant> tries() {
        return tries;
    }

    /** Whatever hangs goes on now. */
    void open() {
        open = true;
    }

    void shut() {
        open = false;
    }

    private int tell(Context ctx, int input, int edition) throws InterruptedException {
        var random = new SplittableRandom(input);
        int legs = 1 + random.nextInt(4);
        try {
            for (int i = 0; i < legs; i++) {
                go(ctx, Leg.values()[Math.max(0, random.nextInt(Leg.values().length + 2) - 2)], random, edition);
            }
            return legs;
        } catch (Unwind.Cancelled cancelled) {
            compensate(ctx, random);
            throw cancelled;
        }
    }

    private void go(Context ctx, Leg leg, SplittableRandom random, int edition) throws InterruptedException {
        Duration time = time(random);
        boolean isChild = random.nextInt(3) > 0;
        int input = random.nextInt(1_000_000);
        switch (leg) {
            case WORK -> ctx.step(edition == 1 ? "work" : "toil", s -> begin(s));
            case SLOW -> {
                turns.sleep(Duration.ofMillis(input % 3_000));
                ctx.step("slow", s -> {
                    begin(s);
                    turns.sleep(time);
                });
            }
            case BACK_OFF -> backOff(ctx, time);
            case SLEEP -> ctx.sleep(time);
            case SIGNAL -> ctx.await(GO);
            case SIGNAL_IN_TIME -> ctx.await(GO, time);
            case TOKEN -> ctx.token("token", String.class, time).await();
            case CHILD -> joined(ctx.fork(ERRAND, input));
            case CHILDREN -> {
                var all = List.of(
                        ctx.fork(ERRAND, input),
                        ctx.fork(ERRAND, input + 1, Start.now().delay(time)));
                all.forEach(Plots::joined);
                if (isChild)
                    joined(ctx.fork(Step.named("again", Integer.class).retry(Retry.fixed(3, time)), this::failsOnce));
            }
            case FIRST -> {
                var some = List.of(
                        ctx.fork(ERRAND, input),
                        ctx.fork(Step.named("first", Integer.class).retry(Retry.fixed(3, time)), this::failsOnce));
                joined(ctx.any(some));
            }
            case RESTS_BESIDE -> {
                var beside = ctx.fork(Step.named("rests", Integer.class).retry(Retry.fixed(3, time)), this::failsOnce);
                if (isChild) ctx.await(GO);
                else ctx.sleep(time.multipliedBy(2));
                joined(beside);
            }
            case WORKS_BESIDE -> {
                var beside = ctx.fork(Step.named("works", Integer.class), s -> {
                    begin(s);
                    turns.sleep(time);
                    return 1;
                });
                if (isChild) backOff(ctx, Duration.ofSeconds(3));
                else ctx.sleep(Duration.ofSeconds(4));
                joined(beside);
            }
            case HANGS ->
                ctx.step("hangs", s -> {
                    begin(s);
                    hang();
                });
            case IS_DEAF ->
                ctx.step("deaf", s -> {
                    begin(s);
                    beDeaf();
                });
            case FAILS -> {
                if (ctx.attempt() == 1) throw new IllegalStateException("the first attempt fails");
            }
        }
    }

    private static Duration time(SplittableRandom random) {
        return Duration.ofMillis(
                List.of(400, 2_500, 4_000, 8_000, 40_000, 90_000).get(random.nextInt(6)));
    }

    private void backOff(Context ctx, Duration time) {
        ctx.step(Step.named("flaky", Integer.class).retry(Retry.fixed(3, time)), s -> fails(s, 2));
    }

    private int failsOnce(Step.Scope step) {
        return fails(step, 1);
    }

    private int fails(Step.Scope step, int times) {
        begin(step);
        if (step.attempt() <= times) throw new IllegalStateException("not yet");
        return step.attempt();
    }

    private static void joined(Pending<Integer> pending) {
        try {
            pending.join();
        } catch (RunFailed | StepFailed e) {
            // What becomes of it is not this plot's business.
        }
    }

    private void begin(Step.Scope step) {
        tries.put(step.key() + "#" + step.attempt(), turns.now());
    }

    private int hang() throws InterruptedException {
        turns.await("the gate", () -> open, null);
        return 0;
    }

    private int beDeaf() {
        while (!open) {
            try {
                hang();
            } catch (InterruptedException deaf) {
                // The worst kind of code.
            }
        }
        return 0;
    }

    private void compensate(Context ctx, SplittableRandom random) {
        switch (random.nextInt(5)) {
            case 0 -> {}
            case 1 -> ctx.step("undo", s -> begin(s));
            case 2 -> ctx.sleep(Duration.ofSeconds(3));
            case 3 -> {
                ctx.step("undo", s -> turns.sleep(Duration.ofSeconds(4)));
                ctx.sleep(Duration.ofSeconds(20));
            }
            default -> ctx.step("hangs", s -> hang());
        }
    }
}
