package dev.holdfast.testkit.world;

import dev.holdfast.core.NoRetry;
import dev.holdfast.core.Retry;
import dev.holdfast.core.RunId;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Hosted;
import dev.holdfast.sdk.Step;
import dev.holdfast.sdk.Task;
import dev.holdfast.sdk.TypeRef;
import dev.holdfast.sdk.Unwind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * What the runs of the simulation do in one boot of the node: steps that send chunks, fail, take too long; chunks between them; time and
 * randomness; a compensation. All of it follows from the input, so that the text of a run that succeeds is known.
 */
final class Workload {
    static final Task<Integer, List<Long>> STORY = Task.named(
                    "story", TypeRef.of(Integer.class), new TypeRef<List<Long>>() {})
            .retry(Retry.fixed(2, Duration.ofSeconds(2)));

    private final World world;
    private final int slots;
    private final Set<RunId> executing = new TreeSet<>();

    /** @param slots that this boot of the node has */
    Workload(World world, int slots) {
        this.world = world;
        this.slots = slots;
    }

    /** Which code a boot has. */
    enum Edition {
        WHOLE,
        /** What schedules start is not hosted. */
        WITHOUT_ROUTINE
    }

    List<Hosted> handlers(Edition edition) {
        var journey = new Journey(world);
        var all = new ArrayList<Hosted>();
        all.add(STORY.handle((ctx, input) -> alone(ctx, () -> tell(ctx, input))));
        all.add(Journey.TASK.handle((ctx, input) -> alone(ctx, () -> journey.travel(ctx, input))));
        all.add(Journey.ERRAND.handle((ctx, input) -> alone(ctx, () -> Journey.errand(ctx, input))));
        all.add(Chores.PACED.handle((ctx, input) -> alone(ctx, () -> Chores.paced(ctx, input))));
        all.add(Chores.BURST.handle((ctx, input) -> alone(ctx, () -> Chores.burst(ctx, input))));
        all.add(Chores.TALK.handle((ctx, input) -> alone(ctx, () -> Chores.talk(ctx, input))));
        if (edition == Edition.WHOLE) {
            all.add(Chores.ROUTINE.handle((ctx, input) -> alone(ctx, () -> Chores.routine(ctx, input))));
        }
        return all;
    }

    /** What a run of this task with this input has said if it succeeded. */
    static String text(String task, int input) {
        return task.equals("journey") ? Journey.text(input) : text(input);
    }

    /** No second executor beside a live one, and nobody without a slot. */
    private <T> T alone(Context ctx, Supplier<T> body) {
        if (!executing.add(ctx.runId())) world.complain(ctx.runId() + " is executed twice in one process");
        if (executing.size() > slots) world.complain(executing.size() + " attempts in " + slots + " slots");
        try {
            return body.get();
        } finally {
            executing.remove(ctx.runId());
        }
    }

    /**
     * One part of a story.
     *
     * @param before whether a chunk is sent before its step
     * @param chunks how many the step sends
     * @param failures how many tries fail
     * @param stall how long the first try takes
     */
    private record Part(boolean before, int chunks, int failures, Duration stall) {
        static List<Part> of(int input) {
            var random = new SplittableRandom(input);
            var parts = new ArrayList<Part>();
            int count = 1 + random.nextInt(4);
            for (int i = 0; i < count; i++) {
                int failures = random.nextInt(4) > 0 ? 0 : 1 + random.nextInt(3);
                var stall = Duration.ofMillis(random.nextInt(4) > 0 ? 0 : 100 + random.nextInt(3_000));
                parts.add(new Part(random.nextBoolean(), random.nextInt(3), failures, stall));
            }
            return parts;
        }
    }

    /** What a run with this input has said if it succeeded. */
    private static String text(int input) {
        var text = new StringBuilder();
        var parts = Part.of(input);
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i).before()) text.append(between(i));
            for (int c = 0; c < parts.get(i).chunks(); c++) text.append(chunk(i, c));
        }
        return text.append(between(parts.size())).toString();
    }

    private static String between(int i) {
        return "before " + i + "\n";
    }

    private static String chunk(int i, int c) {
        return i + "." + c + "\n";
    }

    private List<Long> tell(Context ctx, int input) {
        try {
            var results = new ArrayList<Long>();
            var parts = Part.of(input);
            for (int i = 0; i < parts.size(); i++) {
                Part part = parts.get(i);
                if (part.before()) ctx.send(between(i));
                int number = i;
                var step = Step.named("part " + i, Long.class)
                        .retry(Retry.fixed(3, Duration.ofMillis(300)))
                        .timeout(Duration.ofSeconds(1));
                results.add(ctx.step(step, s -> execute(s, number, part)));
            }
            results.add(ctx.now().toEpochMilli());
            results.add(ctx.random().nextLong());
            ctx.send(between(parts.size()));
            if (input % 7 == 0 && ctx.attempt() == 1) throw new IllegalStateException("the first attempt fails");
            if (input % 11 == 0) throw new NoRetry("it ends badly");
            return results;
        } catch (Unwind.Cancelled cancelled) {
            ctx.step("undo", s -> s.send("undone\n"));
            throw cancelled;
        }
    }

    private long execute(Step.Scope step, int number, Part part) throws InterruptedException {
        world.executes(step);
        for (int c = 0; c < part.chunks(); c++) step.send(chunk(number, c));
        if (step.attempt() == 1 && part.stall().isPositive()) world.turns().sleep(part.stall());
        if (step.attempt() <= part.failures()) throw new IllegalStateException("try " + step.attempt() + " fails");
        return number * 100L + step.attempt();
    }
}
