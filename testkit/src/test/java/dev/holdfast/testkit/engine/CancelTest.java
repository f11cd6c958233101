package dev.holdfast.testkit.engine;

import static dev.holdfast.testkit.engine.Rig.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Outcome;
import dev.holdfast.core.Retry;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.StepRecord.Status;
import dev.holdfast.engine.StartRequest.Identity;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Write;
import dev.holdfast.sdk.Task;
import dev.holdfast.sdk.Unwind;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Cancel, in every state there is. */
class CancelTest {
    private static final Task<Integer, Integer> TASK = Task.named("task", Integer.class, Integer.class);

    private final Rig rig = new Rig();
    private final CountDownLatch reached = new CountDownLatch(1);

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void a_queued_run_that_never_started_ends_at_once() {
        rig.boot(TASK.handle((ctx, n) -> n));
        RunId id = rig.start("task", "1", Identity.NONE, Rig.timing(Duration.ofHours(1), null))
                .id();
        rig.cancel(id);
        var view = rig.awaitEnd(id, Outcome.CANCELLED);
        assertThat(view.snapshots()).hasSize(2);
    }

    @Test
    void a_step_is_interrupted_and_the_place_is_recorded() throws Exception {
        rig.boot(TASK.handle((ctx, n) -> {
            ctx.step("one", Integer.class, s -> 1);
            return ctx.step("two", Integer.class, s -> {
                reached.countDown();
                new CountDownLatch(1).await();
                return 2;
            });
        }));
        RunId id = rig.start("task", "1");
        reached.await();
        rig.cancel(id);
        var view = rig.awaitEnd(id, Outcome.CANCELLED);
        assertThat(Rig.statuses(view)).containsExactly(Status.DONE, Status.CANCELLED);
        assertThat(view.output()).isNull();
    }

    @Test
    void a_body_that_swallows_the_interrupt_may_still_return_and_its_result_is_recorded() throws Exception {
        rig.boot(TASK.handle((ctx, n) -> {
            int got = ctx.step("stubborn", Integer.class, s -> {
                reached.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    return 7;
                }
                return 0;
            });
            return ctx.step("next", Integer.class, s -> got);
        }));
        RunId id = rig.start("task", "1");
        reached.await();
        rig.cancel(id);
        var view = rig.awaitEnd(id, Outcome.CANCELLED);
        assertThat(Rig.statuses(view)).containsExactly(Status.DONE, Status.CANCELLED);
        assertThat(view.steps().getFirst().result()).isEqualTo("7");
    }

    @Test
    void a_task_that_compensates_records_its_steps_and_ends_cancelled() throws Exception {
        rig.boot(TASK.handle((ctx, n) -> {
            ctx.step("charge", Integer.class, s -> 1);
            try {
                return ctx.step("ship", Integer.class, s -> {
                    reached.countDown();
                    new CountDownLatch(1).await();
                    return 2;
                });
            } catch (Unwind.Cancelled cancelled) {
                ctx.step("refund", Integer.class, s -> 3);
                throw cancelled;
            }
        }));
        RunId id = rig.start("task", "1");
        reached.await();
        rig.cancel(id);
        var view = rig.awaitEnd(id, Outcome.CANCELLED);
        assertThat(view.steps())
                .extracting(s -> s.name() + " " + s.status())
                .containsExactly("charge DONE", "ship CANCELLED", "refund DONE");
    }

    @Test
    void a_cancel_that_meets_the_body_between_its_steps_is_delivered_by_the_replay() throws Exception {
        rig.boot(TASK.handle((ctx, n) -> {
            ctx.step("charge", Integer.class, s -> 1);
            try {
                if (reached.getCount() > 0) {
                    reached.countDown();
                    new CountDownLatch(1).await();
                }
                return ctx.step("ship", Integer.class, s -> 2);
            } catch (Unwind.Cancelled cancelled) {
                ctx.step("refund", Integer.class, s -> 3);
                throw cancelled;
            }
        }));
        RunId id = rig.start("task", "1");
        reached.await();
        rig.cancel(id);
        var view = rig.awaitEnd(id, Outcome.CANCELLED);
        assertThat(view.steps())
                .extracting(s -> s.name() + " " + s.status())
                .containsExactly("charge DONE", "ship CANCELLED", "refund DONE");
    }

    @Test
    void a_body_that_leaves_before_the_cancel_can_reach_it_is_not_called_for_ever() throws Exception {
        var calls = new AtomicInteger();
        rig.boot(TASK.handle((ctx, n) -> {
            ctx.step("charge", Integer.class, s -> 1);
            if (calls.incrementAndGet() > 1) throw new InterruptedException("by itself");
            reached.countDown();
            new CountDownLatch(1).await();
            return n;
        }));
        RunId id = rig.start("task", "1");
        reached.await();
        rig.cancel(id);
        rig.awaitEnd(id, Outcome.CANCELLED);
        assertThat(calls).hasValue(2);
    }

    @Test
    void a_body_that_waits_again_on_its_way_to_the_cancel_ends_with_the_budget() throws Exception {
        var waiting = new CountDownLatch(2);
        rig.boot(TASK.handle((ctx, n) -> {
            ctx.step("charge", Integer.class, s -> 1);
            waiting.countDown();
            reached.countDown();
            new CountDownLatch(1).await();
            return n;
        }));
        RunId id = rig.start("task", "1");
        reached.await();
        rig.cancel(id);
        waiting.await();
        rig.clock.pass(Duration.ofMinutes(5));
        rig.awaitEnd(id, Outcome.CANCELLED);
    }

    @Test
    void a_crash_while_compensating_goes_on_with_the_compensation() throws Exception {
        var refunding = new CountDownLatch(1);
        var never = new CountDownLatch(1);
        var refunds = new AtomicInteger();
        var charges = new AtomicInteger();
        var handler = TASK.handle((ctx, n) -> {
            ctx.step("charge", Integer.class, s -> charges.incrementAndGet());
            try {
                return ctx.step("ship", Integer.class, s -> {
                    reached.countDown();
                    new CountDownLatch(1).await();
                    return 2;
                });
            } catch (Unwind.Cancelled cancelled) {
                ctx.step("refund", Integer.class, s -> {
                    if (refunds.incrementAndGet() == 1) {
                        refunding.countDown();
                        never.await();
                    }
                    return 3;
                });
                throw cancelled;
            }
        });
        rig.boot(handler);
        RunId id = rig.start("task", "1");
        reached.await();
        rig.cancel(id);
        refunding.await();
        rig.boot(handler);
        var view = rig.awaitEnd(id, Outcome.CANCELLED);
        assertThat(view.steps())
                .extracting(s -> s.name() + " " + s.status())
                .containsExactly("charge DONE", "ship CANCELLED", "refund DONE");
        assertThat(charges).hasValue(1);
        assertThat(refunds).hasValue(2);
        never.countDown();
    }

    @Test
    void a_cancelled_run_whose_code_does_not_fit_any_more_ends_and_so_does_its_stream() throws Exception {
        var compensating = new CountDownLatch(1);
        var never = new CountDownLatch(1);
        rig.boot(TASK.handle((ctx, n) -> {
            ctx.step("charge", Integer.class, s -> 1);
            ctx.send("charged");
            reached.countDown();
            try {
                return ctx.step("ship", Integer.class, s -> {
                    never.await();
                    return 2;
                });
            } catch (Unwind.Cancelled cancelled) {
                compensating.countDown();
                never.await();
                throw cancelled;
            }
        }));
        RunId id = rig.start("task", "1");
        reached.await();
        rig.cancel(id);
        compensating.await();
        rig.boot(TASK.handle((ctx, n) -> ctx.step("bill", Integer.class, s -> 2)));
        var view = rig.awaitEnd(id, Outcome.CANCELLED);
        assertThat(view.snapshots().getLast().cause()).contains("'charge'").contains("'bill'");
        assertThat(view.end()).isNotNull();
        assertThat(rig.text(id)).isEqualTo("charged");
        never.countDown();
    }

    @Test
    void a_run_that_waits_for_its_next_attempt_comes_back_to_compensate() throws Exception {
        var compensated = new CountDownLatch(1);
        rig.boot(TASK.retry(Retry.fixed(3, Duration.ofHours(1))).handle((ctx, n) -> {
            ctx.step("charge", Integer.class, s -> 1);
            try {
                return ctx.step("ship", Integer.class, s -> {
                    throw new IllegalStateException("out of stock");
                });
            } catch (Unwind.Cancelled cancelled) {
                ctx.step("refund", Integer.class, s -> 3);
                compensated.countDown();
                throw cancelled;
            }
        }));
        RunId id = rig.start("task", "1");
        await("first attempt failed")
                .atMost(Rig.LIMIT)
                .until(() -> rig.show(id).run().tries().attempt() == 2);
        rig.cancel(id);
        compensated.await();
        var view = rig.awaitEnd(id, Outcome.CANCELLED);
        assertThat(view.steps())
                .extracting(s -> s.name() + " " + s.status())
                .containsExactly("charge DONE", "ship CANCELLED", "refund DONE");
    }

    @Test
    void code_that_ignores_the_cancel_ends_cancelled_at_its_deadline() throws Exception {
        var leave = new CountDownLatch(1);
        rig.boot(TASK.handle((ctx, n) -> {
            reached.countDown();
            while (leave.getCount() > 0) Thread.onSpinWait();
            return n;
        }));
        RunId id = rig.start("task", "1");
        reached.await();
        rig.cancel(id);
        rig.awaitState(id, RunState.STOPPING);
        rig.clock.pass(Duration.ofMinutes(5));
        rig.awaitEnd(id, Outcome.CANCELLED);
        leave.countDown();
    }

    @Test
    void a_second_cancel_and_a_cancel_of_a_finished_run_change_nothing() throws Exception {
        rig.boot(TASK.handle((ctx, n) -> n));
        RunId id = rig.start("task", "1");
        var ended = rig.awaitEnd(id, Outcome.SUCCEEDED);
        rig.cancel(id);
        assertThat(rig.show(id)).isEqualTo(ended);
    }

    @Test
    void a_message_whose_hint_is_lost_arrives_with_the_next_look() throws Exception {
        rig.boot(TASK.handle((ctx, n) -> {
            reached.countDown();
            new CountDownLatch(1).await();
            return n;
        }));
        RunId id = rig.start("task", "1");
        reached.await();
        // Whoever inserted it died before it could ask anybody to look.
        var message = new Write.Post(id, Message.cancel(UUID.randomUUID()));
        var posted = rig.store()
                .ledger()
                .commit(new Change(UUID.randomUUID(), id, new Expect.Alive(), null, List.of(message)));
        assertThat(posted).isInstanceOf(Receipt.Applied.class);
        rig.awaitEnd(id, Outcome.CANCELLED);
    }
}
