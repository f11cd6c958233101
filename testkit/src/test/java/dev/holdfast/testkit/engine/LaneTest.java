package dev.holdfast.testkit.engine;

import static dev.holdfast.testkit.engine.Rig.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Command;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.NoRetry;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Retry;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.sdk.Hosted;
import dev.holdfast.sdk.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lanes and queues with real engines: order and limits through crashes, retries and code that does not leave. */
final class LaneTest {
    private static final Task<Integer, Integer> TURN = Task.named("turn", Integer.class, Integer.class)
            .serialLane(n -> "talk")
            .retry(Retry.exponential(3));
    private static final Task<Integer, Integer> TASK = Task.named("task", Integer.class, Integer.class);

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    private static StartRequest.Options lane(@Nullable String name) {
        return new StartRequest.Options(Command.Timing.NOW, null, List.of(), name);
    }

    private RunId start(Task<?, ?> task, int input, @Nullable String lane) {
        RunId id = rig.start(task.name(), "" + input, StartRequest.Identity.NONE, lane(lane))
                .id();
        rig.clock.pass(Duration.ofMillis(1));
        return id;
    }

    @Test
    void turns_of_a_conversation_follow_one_another_through_a_crash_and_a_boot() {
        var order = new CopyOnWriteArrayList<Integer>();
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        var third = new CountDownLatch(1);
        var never = new CountDownLatch(1);
        var dies = new AtomicInteger(1);
        Hosted handler = TURN.handle((ctx, n) -> {
            if (n == 3 && dies.getAndDecrement() > 0) {
                third.countDown();
                never.await();
            }
            return ctx.step("work", Integer.class, s -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                order.add(n);
                inside.decrementAndGet();
                return n;
            });
        });
        rig.boot(handler);
        var ids = new ArrayList<RunId>();
        for (int n = 0; n < 8; n++) ids.add(start(TURN, n, "talk"));
        await("the third turn executes").atMost(Rig.LIMIT).until(() -> third.getCount() == 0);
        rig.boot(handler);
        for (RunId id : ids) rig.awaitEnd(id, Outcome.SUCCEEDED);
        assertThat(order).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(most).hasValue(1);
        never.countDown();
    }

    @Test
    void a_turn_that_is_tried_again_is_not_overtaken() {
        var order = new CopyOnWriteArrayList<String>();
        rig.boot(TURN.handle((ctx, n) -> {
            order.add(n + "." + ctx.attempt());
            if (n == 0 && ctx.attempt() < 3) throw new IllegalStateException("again");
            return n;
        }));
        RunId first = start(TURN, 0, "talk");
        RunId second = start(TURN, 1, "talk");
        for (int attempt = 1; attempt < 3; attempt++) {
            int tried = attempt;
            await("attempt " + attempt + " failed")
                    .atMost(Rig.LIMIT)
                    .until(() -> rig.show(first).run().tries().attempt() == tried + 1
                            && rig.show(first).run().state() == RunState.QUEUED);
            assertThat(rig.show(second).run().state()).isEqualTo(RunState.QUEUED);
            assertThat(rig.explain(second))
                    .contains("one run follows the other")
                    .contains(first.toString());
            rig.clock.pass(Duration.ofMinutes(1));
        }
        rig.awaitEnd(first, Outcome.SUCCEEDED);
        rig.awaitEnd(second, Outcome.SUCCEEDED);
        assertThat(order).containsExactly("0.1", "0.2", "0.3", "1.1");
    }

    @Test
    void a_run_that_is_over_keeps_its_slot_until_its_thread_has_left() throws Exception {
        var limited = TASK.maxDuration(Duration.ofSeconds(1));
        var inside = new CountDownLatch(1);
        var leave = new CountDownLatch(1);
        var begun = new AtomicInteger();
        var engine = rig.boot(limited.handle((ctx, n) -> {
            begun.incrementAndGet();
            inside.countDown();
            while (n == 1 && leave.getCount() > 0) {
                try {
                    leave.await();
                } catch (InterruptedException deaf) {
                    // The worst kind of code.
                }
            }
            return n;
        }));
        engine.change(Namespace.DEFAULT, "default", QueueChange.configure(new QueueSettings(null, 1, null)), null);
        RunId deaf = start(limited, 1, "x");
        inside.await();
        RunId next = start(limited, 2, "x");
        await("it is over").atMost(Rig.LIMIT).until(() -> {
            rig.clock.pass(Duration.ofSeconds(5));
            return rig.show(deaf).run().isFinished();
        });
        assertThat(rig.show(deaf).run().status().outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(rig.explain(next)).contains("All slots of lane 'x'").contains(deaf.toString());
        assertThat(begun).hasValue(1);
        leave.countDown();
        rig.awaitEnd(next, Outcome.SUCCEEDED);
        assertThat(rig.show(deaf).run().place().slotOf()).isNull();
    }

    @Test
    void a_boot_frees_the_slots_of_runs_whose_code_went_with_the_process() throws Exception {
        var limited = TASK.maxDuration(Duration.ofSeconds(1));
        var inside = new CountDownLatch(1);
        var leave = new CountDownLatch(1);
        Hosted handler = limited.handle((ctx, n) -> {
            inside.countDown();
            while (n == 1 && leave.getCount() > 0) {
                try {
                    leave.await();
                } catch (InterruptedException deaf) {
                    // The worst kind of code.
                }
            }
            return n;
        });
        rig.boot(handler)
                .change(Namespace.DEFAULT, "default", QueueChange.configure(new QueueSettings(1, 1, null)), null);
        RunId deaf = start(limited, 1, "x");
        inside.await();
        RunId next = start(limited, 2, "x");
        await("it is over").atMost(Rig.LIMIT).until(() -> {
            rig.clock.pass(Duration.ofSeconds(5));
            return rig.show(deaf).run().isFinished();
        });
        rig.boot(handler);
        rig.awaitEnd(next, Outcome.SUCCEEDED);
        leave.countDown();
    }

    @Test
    void what_is_paused_says_so_and_goes_on_when_it_is_resumed() {
        Engine engine = rig.boot(TASK.handle((ctx, n) -> n));
        engine.change(Namespace.DEFAULT, "default", QueueChange.pause(null), "one");
        RunId id = start(TASK, 1, null);
        assertThat(rig.explain(id)).contains("Queue 'default' is paused");
        engine.change(Namespace.DEFAULT, "default", QueueChange.pause("x"), null);
        RunId inLane = start(TASK, 1, "x");
        engine.change(Namespace.DEFAULT, "default", QueueChange.resume(null), "two");
        rig.awaitEnd(id, Outcome.SUCCEEDED);
        assertThat(rig.explain(inLane)).contains("Lane 'x' of queue 'default' is paused");
        engine.change(Namespace.DEFAULT, "default", QueueChange.pause(null), "one");
        RunId again = start(TASK, 2, null);
        rig.awaitEnd(again, Outcome.SUCCEEDED);
        engine.change(Namespace.DEFAULT, "default", QueueChange.resume("x"), null);
        rig.awaitEnd(inLane, Outcome.SUCCEEDED);
    }

    @Test
    void a_repeated_change_of_a_queue_is_answered_as_before_whatever_has_changed_meanwhile() {
        Engine engine = rig.boot(TASK.handle((ctx, n) -> n));
        var concurrency = new QueueChange.OfQueue(true, new QueueChange.To<>(3), null, null);
        engine.change(Namespace.DEFAULT, "default", concurrency, "one");
        engine.change(
                Namespace.DEFAULT,
                "default",
                new QueueChange.OfQueue(false, null, new QueueChange.To<>(2), null),
                "two");
        engine.change(Namespace.DEFAULT, "default", concurrency, "one");
        assertThat(engine.queues(Namespace.DEFAULT)).singleElement().satisfies(queue -> {
            assertThat(queue.isPaused()).isFalse();
            assertThat(queue.settings()).isEqualTo(new QueueSettings(3, 2, null));
        });
        assertThatThrownBy(() -> engine.change(
                        Namespace.DEFAULT,
                        "default",
                        new QueueChange.OfQueue(true, new QueueChange.To<>(4), null, null),
                        "one"))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("request_id_reused"));
    }

    @Test
    void a_limit_of_a_queue_holds_and_says_so() throws Exception {
        var inside = new CountDownLatch(2);
        var leave = new CountDownLatch(1);
        Engine engine = rig.boot(TASK.handle((ctx, n) -> {
            inside.countDown();
            leave.await();
            return n;
        }));
        engine.change(Namespace.DEFAULT, "default", QueueChange.configure(new QueueSettings(2, null, null)), null);
        var ids = new ArrayList<RunId>();
        for (int i = 0; i < 4; i++) ids.add(start(TASK, i, i % 2 == 0 ? null : "lane"));
        inside.await();
        var waiting = ids.stream()
                .filter(id -> rig.show(id).run().state() == RunState.QUEUED)
                .toList();
        assertThat(waiting).hasSize(2);
        for (RunId id : waiting) assertThat(rig.explain(id)).contains("has a limit of 2");
        var view = engine.queues(Namespace.DEFAULT).getFirst();
        assertThat(view.executing()).isEqualTo(2);
        assertThat(view.waiting()).isEqualTo(2);
        leave.countDown();
        for (RunId id : ids) rig.awaitEnd(id, Outcome.SUCCEEDED);
    }

    @Test
    void a_task_of_conversations_is_not_started_without_one() {
        rig.boot(TURN.handle((ctx, n) -> {
            throw new NoRetry("never called");
        }));
        assertThatThrownBy(() -> rig.start("turn", "1"))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("lane_required"));
        assertThatThrownBy(() -> start(TURN, 1, "a\nb"))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("name_invalid"));
    }

    @Test
    void a_limit_is_at_least_one_and_of_what_is_refused_nothing_is_done() {
        Engine engine = rig.boot(TASK.handle((ctx, n) -> n));
        var none = new QueueChange.OfQueue(true, new QueueChange.To<>(0), null, null);
        assertThatThrownBy(() -> engine.change(Namespace.DEFAULT, "default", none, null))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("limit_invalid"));
        rig.awaitEnd(rig.start("task", "1"), Outcome.SUCCEEDED);
    }
}
