package dev.holdfast.testkit.engine;

import static dev.holdfast.testkit.engine.Rig.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Outcome;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.sdk.Task;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Processes that die or close while they execute runs: which run is blamed for it, and which is not. */
final class LossTest {
    private static final Task<Integer, Integer> TASK = Task.named("task", Integer.class, Integer.class);

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void losses_are_counted_until_a_step_is_recorded_and_from_the_third_on_the_run_backs_off() {
        var entered = new AtomicInteger();
        var never = new CountDownLatch(1);
        var stuck = TASK.handle((ctx, n) -> {
            entered.incrementAndGet();
            never.await();
            return 0;
        });
        rig.boot(stuck);
        RunId id = rig.start("task", "1");
        for (int boots = 1; boots <= 3; boots++) {
            int expected = boots;
            await("entered " + expected).atMost(Rig.LIMIT).until(() -> entered.get() == expected);
            rig.boot(stuck);
        }
        var run = rig.awaitState(id, RunState.QUEUED).run();
        assertThat(run.tries().losses()).isEqualTo(3);
        assertThat(rig.explain(id)).contains("died 3 times");
        rig.clock.pass(Duration.ofMinutes(1));
        await("tried again").atMost(Rig.LIMIT).until(() -> entered.get() == 4);
        never.countDown();
    }

    @Test
    void a_run_that_kills_its_process_is_found_while_alone_and_its_neighbours_end_well() {
        var poison = Task.named("poison", Integer.class, Integer.class);
        var never = new CountDownLatch(1);
        var poisonings = new AtomicInteger();
        var calm = new AtomicInteger();
        var killer = poison.handle((ctx, n) -> {
            poisonings.incrementAndGet();
            never.await();
            return 0;
        });
        // As long as it is not alone, it is in flight whenever the process dies.
        var neighbour = TASK.handle((ctx, n) -> {
            if (calm.get() == 0) never.await();
            return ctx.step("work", Integer.class, s -> n);
        });
        var engine = rig.boot(killer, neighbour);
        RunId guilty = rig.start("poison", "0");
        List<RunId> innocent = List.of(rig.start("task", "1"), rig.start("task", "2"), rig.start("task", "3"));
        for (int boots = 1; boots <= 3; boots++) {
            int expected = boots;
            var all = engine;
            await("all four execute in boot " + boots)
                    .atMost(Rig.LIMIT)
                    .until(() -> poisonings.get() == expected && all.executing() == 4);
            engine = rig.boot(killer, neighbour);
        }
        // From now on each of them is tried alone, and whoever is alone when the process dies is the one.
        calm.set(1);
        while (!rig.show(guilty).run().isFinished()) {
            var alone = engine;
            int before = poisonings.get();
            await("the guilty one is tried again").atMost(Rig.LIMIT).until(() -> {
                rig.clock.pass(Duration.ofSeconds(1));
                return poisonings.get() > before;
            });
            assertThat(alone.executing()).as("it is alone").isEqualTo(1);
            engine = rig.boot(killer, neighbour);
        }
        for (RunId id : innocent) {
            await(id + " ends").atMost(Rig.LIMIT).until(() -> {
                rig.clock.pass(Duration.ofSeconds(1));
                return rig.show(id).run().isFinished();
            });
            rig.awaitEnd(id, Outcome.SUCCEEDED);
        }
        assertThat(poisonings).hasValue(6);
        var end = rig.awaitEnd(guilty, Outcome.SYSTEM_FAILURE);
        assertThat(end.error()).isNotNull();
        assertThat(end.snapshots().getLast().cause()).contains("3 of them while alone");
        never.countDown();
    }

    @Test
    void a_close_drains_and_the_next_boot_goes_on_without_counting_a_loss() throws Exception {
        var reached = new CountDownLatch(1);
        var first = rig.boot(TASK.handle((ctx, n) -> {
            ctx.step("one", Integer.class, s -> 1);
            return ctx.step("two", Integer.class, s -> {
                reached.countDown();
                new CountDownLatch(1).await();
                return 0;
            });
        }));
        RunId id = rig.start("task", "1");
        reached.await();
        first.close();
        assertThat(first.executing()).isZero();
        assertThat(rig.show(id).run().state()).isEqualTo(RunState.QUEUED);
        rig.boot(TASK.handle((ctx, n) -> {
            ctx.step("one", Integer.class, s -> 9);
            return ctx.step("two", Integer.class, s -> 2);
        }));
        var view = rig.awaitEnd(id, Outcome.SUCCEEDED);
        assertThat(view.run().tries().losses()).isZero();
        assertThat(view.run().tries().attempt()).isEqualTo(1);
        assertThat(Rig.steps(view)).containsExactly("1 one DONE e1", "2 two DONE e3");
    }

    @Test
    void code_that_does_not_leave_a_closing_node_in_time_costs_its_run_no_loss_either() throws Exception {
        var reached = new CountDownLatch(1);
        var leave = new CountDownLatch(1);
        var first = rig.grace(Duration.ofMillis(100))
                .boot(TASK.handle((ctx, n) -> ctx.step("one", Integer.class, s -> {
                    reached.countDown();
                    while (leave.getCount() > 0) {
                        try {
                            leave.await();
                        } catch (InterruptedException deaf) {
                            // The worst kind of code.
                        }
                    }
                    return 0;
                })));
        RunId id = rig.start("task", "1");
        reached.await();
        first.close();
        assertThat(rig.show(id).run().state()).isEqualTo(RunState.STOPPING);
        // No step: one that is recorded would clear the run of what it was blamed for.
        rig.boot(TASK.handle((ctx, n) -> n));
        var view = rig.awaitEnd(id, Outcome.SUCCEEDED);
        leave.countDown();
        assertThat(view.run().tries().losses()).isZero();
        assertThat(view.output()).isEqualTo("1");
    }

    @Test
    void code_that_does_not_leave_in_time_is_not_kept_by_what_it_sends_when_nothing_is_stored_any_more()
            throws Exception {
        var reached = new CountDownLatch(1);
        var leave = new CountDownLatch(1);
        var first = rig.grace(Duration.ofMillis(50))
                .boot(TASK.handle((ctx, n) -> ctx.step("one", Integer.class, s -> {
                    reached.countDown();
                    while (leave.getCount() > 0) {
                        try {
                            leave.await();
                        } catch (InterruptedException deaf) {
                            // The worst kind of code.
                        }
                    }
                    s.send("late");
                    return 0;
                })));
        rig.start("task", "1");
        reached.await();
        first.close();
        assertThat(first.executing()).isEqualTo(1);
        leave.countDown();
        await("it has left").atMost(Rig.LIMIT).until(() -> first.executing() == 0);
    }
}
