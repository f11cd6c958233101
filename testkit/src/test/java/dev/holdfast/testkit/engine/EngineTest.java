package dev.holdfast.testkit.engine;

import static dev.holdfast.testkit.engine.Rig.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.NoRetry;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Retry;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.StepFailed;
import dev.holdfast.core.StepRecord.Status;
import dev.holdfast.engine.StartRequest.Identity;
import dev.holdfast.engine.StartRequest.Options;
import dev.holdfast.engine.Started;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.sdk.Step;
import dev.holdfast.sdk.Task;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the engine does with runs, on one node: the real engine and its real threads on the in-memory ledger. */
class EngineTest {
    private static final Task<Integer, Integer> TASK = Task.named("task", Integer.class, Integer.class);
    private static final Retry SOON = Retry.fixed(3, Duration.ofMillis(20));

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void a_run_is_executed_and_its_result_kept() {
        rig.boot(TASK.handle((ctx, n) -> ctx.step("double", Integer.class, s -> n * 2)));
        var view = rig.awaitEnd(rig.start("task", "21"), Outcome.SUCCEEDED);
        assertThat(view.output()).isEqualTo("42");
        assertThat(Rig.steps(view)).containsExactly("1 double DONE e1");
        assertThat(view.run().fence().epoch()).isEqualTo(2);
    }

    @Test
    void a_failure_is_tried_again_from_the_failed_step_on_and_keeps_what_was_recorded_before() {
        var first = new AtomicInteger();
        rig.boot(TASK.retry(SOON).handle((ctx, n) -> {
            ctx.step("before", Integer.class, s -> first.incrementAndGet());
            return ctx.step("fails", Integer.class, s -> {
                if (ctx.attempt() < 3) throw new IllegalStateException("attempt " + ctx.attempt());
                return n;
            });
        }));
        RunId id = rig.start("task", "7");
        passUntilFinished(id);
        var view = rig.awaitEnd(id, Outcome.SUCCEEDED);
        assertThat(first).hasValue(1);
        assertThat(view.run().tries().attempt()).isEqualTo(3);
        assertThat(Rig.steps(view)).containsExactly("1 before DONE e1", "2 fails DONE e5");
    }

    @Test
    void a_failure_ends_the_run_when_its_retries_are_spent_and_at_once_when_it_is_final() {
        rig.boot(
                TASK.retry(SOON).handle((ctx, n) -> {
                    throw new IllegalStateException("always");
                }),
                Task.named("final", Integer.class, Integer.class).handle((ctx, n) -> {
                    throw new NoRetry("never again");
                }));
        RunId always = rig.start("task", "1");
        passUntilFinished(always);
        var view = rig.awaitEnd(always, Outcome.FAILED);
        assertThat(view.run().tries().attempt()).isEqualTo(3);
        assertThat(view.error()).extracting(e -> e.message()).isEqualTo("always");
        assertThat(rig.awaitEnd(rig.start("final", "1"), Outcome.FAILED)
                        .run()
                        .tries()
                        .attempt())
                .isEqualTo(1);
    }

    @Test
    void a_step_retries_by_itself_and_gives_up_as_StepFailed_live_and_in_replay() throws Exception {
        var step = Step.named("call", Integer.class).retry(Retry.fixed(2, Duration.ZERO));
        var bodies = new AtomicInteger();
        var seen = new ArrayList<String>();
        var second = new CountDownLatch(1);
        var block = new CountDownLatch(1);
        var handler = TASK.handle((ctx, n) -> {
            try {
                ctx.step(step, s -> {
                    bodies.incrementAndGet();
                    throw new IllegalStateException("try " + s.attempt());
                });
            } catch (StepFailed e) {
                seen.add(e.error().message());
            }
            return ctx.step("after", Integer.class, s -> {
                if (second.getCount() == 0) return 1;
                second.countDown();
                block.await();
                return 0;
            });
        });
        rig.boot(handler);
        RunId id = rig.start("task", "1");
        second.await();
        // A crash in the step after the failed one: the failure is replayed, not tried again.
        rig.boot(handler);
        var view = rig.awaitEnd(id, Outcome.SUCCEEDED);
        assertThat(view.output()).isEqualTo("1");
        assertThat(bodies).hasValue(2);
        assertThat(seen).containsExactly("try 2", "try 2");
        assertThat(Rig.statuses(view)).containsExactly(Status.FAILED, Status.DONE);
        block.countDown();
    }

    @Test
    void a_time_limit_of_a_step_may_be_longer_than_any_timer_takes() {
        var step = Step.named("a", Integer.class).timeout(ChronoUnit.FOREVER.getDuration());
        rig.boot(TASK.handle((ctx, n) -> ctx.step(step, s -> n)));
        var view = rig.awaitEnd(rig.start("task", "1"), Outcome.SUCCEEDED);
        assertThat(view.run().tries().losses()).isZero();
    }

    @Test
    void a_step_may_wait_a_thousand_years_for_its_next_try() throws Exception {
        var calls = new AtomicInteger();
        var step = Step.named("a", Integer.class).retry(Retry.fixed(3, Duration.ofDays(365_000)));
        rig.boot(TASK.handle((ctx, n) -> ctx.step(step, s -> {
            calls.incrementAndGet();
            throw new IllegalStateException("not now");
        })));
        RunId id = rig.start("task", "1");
        assertThat(Rig.statuses(rig.awaitGivenUp(id))).isEqualTo(List.of(Status.PENDING));
        rig.cancel(id);
        rig.awaitEnd(id, Outcome.CANCELLED);
        assertThat(calls).hasValue(1);
    }

    @Test
    void after_a_crash_the_run_goes_on_at_the_first_unrecorded_step_and_the_zombie_writes_nothing() throws Exception {
        var one = new AtomicInteger();
        var reached = new CountDownLatch(1);
        var zombie = new CountDownLatch(1);
        var zombieEnded = new CountDownLatch(1);
        rig.boot(TASK.handle((ctx, n) -> {
            ctx.step("one", Integer.class, s -> one.incrementAndGet());
            try {
                return ctx.step("two", Integer.class, s -> {
                    s.send("from the zombie");
                    reached.countDown();
                    zombie.await();
                    return -1;
                });
            } finally {
                zombieEnded.countDown();
            }
        }));
        RunId id = rig.start("task", "5");
        reached.await();
        rig.boot(TASK.handle((ctx, n) -> {
            ctx.step("one", Integer.class, s -> one.incrementAndGet());
            return ctx.step("two", Integer.class, s -> {
                s.send("from the survivor");
                return n;
            });
        }));
        var view = rig.awaitEnd(id, Outcome.SUCCEEDED);
        zombie.countDown();
        zombieEnded.await();
        assertThat(one).hasValue(1);
        assertThat(view.output()).isEqualTo("5");
        assertThat(Rig.steps(rig.show(id))).containsExactly("1 one DONE e1", "2 two DONE e3");
        assertThat(rig.show(id).snapshots()).isEqualTo(view.snapshots());
        assertThat(rig.text(id)).isEqualTo("from the survivor");
    }

    @Test
    void text_between_steps_is_neither_doubled_nor_lost_when_a_later_epoch_sends_nothing() throws Exception {
        var reached = new CountDownLatch(1);
        var never = new CountDownLatch(1);
        rig.boot(TASK.handle((ctx, n) -> {
            ctx.send("a");
            ctx.step("one", Integer.class, s -> 1);
            ctx.send("b");
            return ctx.step("two", Integer.class, s -> {
                s.send("half a sent");
                reached.countDown();
                never.await();
                return 0;
            });
        }));
        RunId id = rig.start("task", "1");
        reached.await();
        rig.boot(TASK.handle((ctx, n) -> {
            ctx.send("a");
            ctx.step("one", Integer.class, s -> 1);
            throw new NoRetry("this epoch sends nothing");
        }));
        rig.awaitEnd(id, Outcome.FAILED);
        assertThat(rig.text(id)).isEqualTo("a");
        never.countDown();
    }

    @Test
    void a_renamed_step_parks_the_run_and_explain_names_both_until_code_that_fits_comes() throws Exception {
        var reached = new CountDownLatch(1);
        var never = new CountDownLatch(1);
        rig.boot(TASK.handle((ctx, n) -> {
            ctx.step("charge", Integer.class, s -> 1);
            reached.countDown();
            never.await();
            return 0;
        }));
        RunId id = rig.start("task", "1");
        reached.await();
        rig.boot(TASK.handle((ctx, n) -> ctx.step("bill", Integer.class, s -> 2)));
        await("parked")
                .atMost(Rig.LIMIT)
                .until(() -> rig.show(id).run().status().parked() != null);
        assertThat(rig.explain(id)).contains("'charge'").contains("'bill'");
        assertThat(rig.show(id).run().state()).isEqualTo(RunState.QUEUED);
        rig.boot(TASK.handle((ctx, n) -> ctx.step("charge", Integer.class, s -> 3)));
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("1");
        never.countDown();
    }

    @Test
    void a_parked_run_can_be_cancelled() throws Exception {
        var reached = new CountDownLatch(1);
        var never = new CountDownLatch(1);
        rig.boot(TASK.handle((ctx, n) -> {
            ctx.step("charge", Integer.class, s -> 1);
            reached.countDown();
            never.await();
            return 0;
        }));
        RunId id = rig.start("task", "1");
        reached.await();
        rig.boot(TASK.handle((ctx, n) -> ctx.step("bill", Integer.class, s -> 2)));
        await("parked")
                .atMost(Rig.LIMIT)
                .until(() -> rig.show(id).run().status().parked() != null);
        rig.cancel(id);
        rig.awaitEnd(id, Outcome.CANCELLED);
        never.countDown();
    }

    @Test
    void a_run_expires_if_it_was_not_started_in_time() {
        rig.boot(TASK.handle((ctx, n) -> n));
        RunId id = rig.start("task", "1", Identity.NONE, Rig.timing(Duration.ofHours(2), Duration.ofHours(1)))
                .id();
        assertThat(rig.explain(id)).contains("delay");
        rig.clock.pass(Duration.ofMinutes(61));
        rig.awaitEnd(id, Outcome.EXPIRED);
    }

    @Test
    void a_delayed_run_is_claimed_when_it_is_due_and_not_before() {
        rig.boot(TASK.handle((ctx, n) -> n));
        RunId late = rig.start("task", "1", Identity.NONE, Rig.timing(Duration.ofHours(1), null))
                .id();
        rig.awaitEnd(rig.start("task", "2"), Outcome.SUCCEEDED);
        assertThat(rig.show(late).run().state()).isEqualTo(RunState.QUEUED);
        rig.clock.pass(Duration.ofHours(1));
        rig.awaitEnd(late, Outcome.SUCCEEDED);
    }

    @Test
    void a_run_that_takes_too_long_is_stopped_and_ends_TIMED_OUT() throws Exception {
        var reached = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        rig.boot(TASK.maxDuration(Duration.ofMinutes(1))
                .handle((ctx, n) -> ctx.step("long", Integer.class, s -> {
                    reached.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                        throw e;
                    }
                    return 0;
                })));
        RunId id = rig.start("task", "1");
        reached.await();
        rig.clock.pass(Duration.ofMinutes(2));
        interrupted.await();
        rig.awaitEnd(id, Outcome.TIMED_OUT);
    }

    @Test
    void code_that_does_not_leave_ends_at_the_stop_deadline_and_keeps_its_slot_until_it_is_gone() throws Exception {
        rig.slots(1);
        var reached = new CountDownLatch(1);
        var leave = new CountDownLatch(1);
        var engine = rig.boot(TASK.maxDuration(Duration.ofMinutes(1)).handle((ctx, n) -> {
            if (n == 2) return n;
            reached.countDown();
            boolean left = false;
            while (!left) {
                try {
                    leave.await();
                    left = true;
                } catch (InterruptedException e) {
                    left = false;
                }
            }
            return ctx.step("too late", Integer.class, s -> 1);
        }));
        RunId id = rig.start("task", "1");
        reached.await();
        rig.clock.pass(Duration.ofMinutes(2));
        rig.awaitState(id, RunState.STOPPING);
        rig.clock.pass(Duration.ofMinutes(2));
        rig.awaitEnd(id, Outcome.TIMED_OUT);
        RunId next = rig.start("task", "2");
        assertThat(engine.executing()).isEqualTo(1);
        assertThat(rig.explain(next)).contains("slots");
        leave.countDown();
        rig.awaitEnd(next, Outcome.SUCCEEDED);
        assertThat(rig.show(id).steps()).isEmpty();
    }

    /** It has its slot until then: nobody would know of somebody else in it. */
    @Test
    void code_that_has_not_begun_when_its_run_ends_does_not_begin() throws Exception {
        var task = TASK.maxDuration(Duration.ofMinutes(1));
        var reached = new CountDownLatch(1);
        var zombie = new CountDownLatch(1);
        rig.boot(task.handle((ctx, n) -> ctx.step("one", Integer.class, s -> {
            reached.countDown();
            zombie.await();
            return n;
        })));
        RunId id = rig.start("task", "1");
        reached.await();
        var claimed = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        rig.beforeCodeBegins(() -> {
            claimed.countDown();
            uninterruptibly(go);
        });
        var begun = new AtomicInteger();
        var engine = rig.boot(task.handle((ctx, n) -> begun.incrementAndGet()));
        claimed.await();

        rig.clock.pass(Duration.ofMinutes(2));
        rig.awaitState(id, RunState.STOPPING);
        rig.clock.pass(Duration.ofMinutes(2));
        rig.awaitEnd(id, Outcome.TIMED_OUT);
        assertThat(engine.executing()).isEqualTo(1);
        go.countDown();
        await("its slot is free").until(() -> engine.executing() == 0);

        assertThat(begun).hasValue(0);
        zombie.countDown();
    }

    private static void uninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    @Test
    void request_ids_and_business_keys_make_one_run() {
        rig.boot(TASK.handle((ctx, n) -> n));
        var identity = new Identity("order-1", "request-1");
        Started first = rig.start("task", "1", identity, Options.NONE);
        assertThat(first.how()).isEqualTo(Started.How.NEW);
        assertThat(rig.start("task", "1", identity, Options.NONE))
                .isEqualTo(new Started(first.id(), Started.How.REPEATED));
        rig.awaitEnd(first.id(), Outcome.SUCCEEDED);
        assertThat(rig.start("task", "9", new Identity("order-1", "request-2"), Options.NONE))
                .isEqualTo(new Started(first.id(), Started.How.KEY_HELD));
        assertThat(rig.start("task", "9", new Identity("order-1", "request-2"), Options.NONE))
                .isEqualTo(new Started(first.id(), Started.How.REPEATED));
        assertThatThrownBy(() -> rig.start("task", "2", identity, Options.NONE))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("request_id_reused"));
        rig.clock.pass(Duration.ofDays(31));
        assertThat(rig.start("task", "3", new Identity("order-1", null), Options.NONE)
                        .how())
                .isEqualTo(Started.How.NEW);
    }

    @Test
    void a_key_is_free_again_when_its_run_failed() {
        rig.boot(TASK.handle((ctx, n) -> {
            if (n == 1) throw new NoRetry("no");
            return n;
        }));
        var key = new Identity("k", null);
        Started failed = rig.start("task", "1", key, Options.NONE);
        rig.awaitEnd(failed.id(), Outcome.FAILED);
        assertThat(rig.start("task", "2", key, Options.NONE).how()).isEqualTo(Started.How.NEW);
    }

    @Test
    void what_cannot_be_started_is_refused_by_code() {
        rig.boot(TASK.handle((ctx, n) -> n));
        assertThat(refusal("nobody", "1")).isEqualTo("task_unknown");
        assertThat(refusal("task", "\"text\"")).isEqualTo("input_invalid");
        assertThat(refusal("task", "1" + "0".repeat(1_100_000))).isEqualTo("input_too_large");
        assertThat(rig.store().ledger().reads().runs(Namespace.DEFAULT, RunFilter.ALL, null, 10))
                .isEmpty();
    }

    record Order(String customer) {}

    @Test
    void an_input_that_does_not_fit_is_told_by_the_name_of_the_task() {
        rig.boot(Task.named("order", Order.class, Integer.class).handle((ctx, n) -> 1));
        assertThat(refusal("order", "null")).isEqualTo("input_invalid");
        assertThatThrownBy(() -> rig.start("order", "[]"))
                .hasMessageContaining("task 'order'")
                .hasMessageNotContaining("dev.holdfast");
    }

    @Test
    void half_of_a_pair_is_refused_wherever_it_is_written_down() {
        rig.boot(Task.named("any", Object.class, Integer.class).handle((ctx, n) -> 1));
        for (String half : List.of("k\ud800", "\udfff", "\udc00\ud800", "\ud83d\ud83d\ude00")) {
            assertThat(refusal("any", "\"" + half + "\"")).as("input").isEqualTo("text_invalid");
            assertThat(refusal("any", "{\"" + half + "\":1}")).as("field name").isEqualTo("text_invalid");
            assertThat(refusal(new Identity(half, null), List.of())).as("key").isEqualTo("text_invalid");
            assertThat(refusal(new Identity(null, half), List.of()))
                    .as("request id")
                    .isEqualTo("text_invalid");
            assertThat(refusal(Identity.NONE, List.of("a", half))).as("tag").isEqualTo("text_invalid");
        }
        assertThat(rig.store().ledger().reads().runs(Namespace.DEFAULT, RunFilter.ALL, null, 10))
                .isEmpty();
        String whole = "k\ud83d\ude00";
        assertThat(refusal(new Identity(whole, whole), List.of(whole))).isEqualTo("accepted");
    }

    private String refusal(String task, String input) {
        return refusal(() -> rig.start(task, input));
    }

    private String refusal(Identity identity, List<String> tags) {
        var options = new Options(Options.NONE.timing(), null, tags);
        return refusal(() -> rig.start("any", "null", identity, options));
    }

    private static String refusal(Runnable start) {
        try {
            start.run();
            return "accepted";
        } catch (Refused e) {
            return e.code();
        }
    }

    @Test
    void everything_completes_when_every_hint_is_lost() {
        rig.withoutHints()
                .boot(TASK.retry(SOON)
                        .handle((ctx, n) -> ctx.step("x", Integer.class, s -> {
                            if (ctx.attempt() < n) throw new IllegalStateException("again");
                            return n;
                        })));
        List<RunId> ids = List.of(rig.start("task", "1"), rig.start("task", "2"), rig.start("task", "3"));
        ids.forEach(this::passUntilFinished);
        ids.forEach(id -> rig.awaitEnd(id, Outcome.SUCCEEDED));
    }

    /** Whoever waits for a run and starts the next one does not wait for a slot that nobody needs any more. */
    @Test
    void whoever_hears_of_an_end_finds_its_slot_free() throws Exception {
        var go = new CountDownLatch(1);
        rig.boot(TASK.handle((ctx, n) -> ctx.step("wait", Integer.class, s -> {
            go.await();
            return n;
        })));
        var executing = rig.executingAtEndOf(rig.start("task", "1"));
        go.countDown();
        assertThat(executing.get()).isZero();
    }

    @Test
    void no_more_attempts_execute_than_there_are_slots() {
        rig.slots(3);
        var now = new AtomicInteger();
        var most = new AtomicInteger();
        rig.boot(TASK.handle((ctx, n) -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            ctx.step("a", Integer.class, s -> 1);
            ctx.step("b", Integer.class, s -> 1);
            now.decrementAndGet();
            return n;
        }));
        var ids = new ArrayList<RunId>();
        for (int i = 0; i < 60; i++) ids.add(rig.start("task", "1"));
        ids.forEach(id -> rig.awaitEnd(id, Outcome.SUCCEEDED));
        assertThat(most.get()).isLessThanOrEqualTo(3);
    }

    @Test
    void a_finished_run_is_deleted_and_a_live_one_is_not() throws Exception {
        var reached = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        var engine = rig.boot(TASK.handle((ctx, n) -> {
            reached.countDown();
            go.await();
            return n;
        }));
        RunId id = rig.start("task", "1");
        reached.await();
        assertThatThrownBy(() -> engine.delete(Namespace.DEFAULT, id, null))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("run_not_finished"));
        go.countDown();
        rig.awaitEnd(id, Outcome.SUCCEEDED);
        engine.delete(Namespace.DEFAULT, id, "delete-1");
        engine.delete(Namespace.DEFAULT, id, "delete-1");
        assertThatThrownBy(() -> engine.delete(Namespace.DEFAULT, id, "delete-2"))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("run_unknown"));
        assertThatThrownBy(() -> rig.show(id)).isInstanceOf(Refused.class);
    }

    @Test
    void another_namespace_sees_nothing() {
        var engine = rig.boot(TASK.handle((ctx, n) -> n));
        RunId id = rig.start("task", "1");
        var other = new Namespace("other");
        assertThatThrownBy(() -> engine.show(other, id)).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> engine.cancel(other, id, null)).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> engine.explain(other, id)).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> engine.watch(other, id, null)).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> engine.delete(other, id, null)).isInstanceOf(Refused.class);
    }

    /** Lets time pass until back-offs are over; the ledger's clock stands still otherwise. */
    private void passUntilFinished(RunId id) {
        await("end of " + id).atMost(Rig.LIMIT).until(() -> {
            rig.clock.pass(Duration.ofMillis(20));
            return rig.show(id).run().isFinished();
        });
    }
}
