package dev.holdfast.testkit.engine;

import static dev.holdfast.testkit.engine.Rig.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.NoRetry;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Retry;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.StepRecord.Status;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Signal;
import dev.holdfast.sdk.Step;
import dev.holdfast.sdk.Task;
import dev.holdfast.sdk.Token;
import dev.holdfast.sdk.Unwind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run can wait for by itself: time, signals, tokens, its next try. Held in memory, and given up. */
class WaitTest {
    private static final Duration LONG = Duration.ofDays(7);
    private static final Task<Integer, String> TASK = Task.named("task", Integer.class, String.class);
    private static final Task<Integer, String> LEAVES = TASK.giveUpAfter(Duration.ZERO);
    private static final Signal<String> GO = Signal.named("go", String.class);

    private final Rig rig = new Rig();
    private final List<String> log = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        rig.close();
    }

    private Handler<Integer, String> sleeper() {
        return TASK.handle((ctx, n) -> {
            ctx.step("before", s -> log.add("before"));
            ctx.sleep(LONG);
            ctx.step("after", s -> log.add("after"));
            return "slept";
        });
    }

    @Test
    void a_long_sleep_costs_a_row_and_no_thread() throws Exception {
        var engine = rig.boot(sleeper());
        RunId id = rig.start("task", "1");
        var view = rig.awaitGivenUp(id);
        await("its slot is free").atMost(Rig.LIMIT).until(() -> engine.executing() == 0);
        assertThat(Rig.statuses(view)).containsExactly(Status.DONE, Status.PENDING);
        assertThat(rig.explain(id)).contains("until", "costs a row");
        rig.clock.pass(LONG.minusMillis(1));
        assertThat(rig.show(id).run().state()).isEqualTo(RunState.BLOCKED);
        rig.clock.pass(Duration.ofMillis(1));
        rig.awaitEnd(id, Outcome.SUCCEEDED);
        assertThat(log).containsExactly("before", "after");
    }

    @Test
    void a_sleep_outlives_the_engine_and_is_not_longer_for_it() {
        rig.boot(sleeper());
        RunId id = rig.start("task", "1");
        rig.awaitGivenUp(id);
        rig.clock.pass(LONG.dividedBy(2));
        rig.boot(sleeper());
        rig.clock.pass(LONG.dividedBy(2));
        rig.awaitEnd(id, Outcome.SUCCEEDED);
        assertThat(log).containsExactly("before", "after");
    }

    @Test
    void a_short_sleep_holds_the_thread() {
        rig.boot(TASK.handle((ctx, n) -> {
            log.add("begin");
            ctx.sleep(Duration.ofSeconds(4));
            return "slept";
        }));
        RunId id = rig.start("task", "1");
        var view = rig.awaitState(id, RunState.BLOCKED);
        assertThat(view.run().isHeld()).isTrue();
        rig.clock.pass(Duration.ofSeconds(4));
        rig.awaitEnd(id, Outcome.SUCCEEDED);
        assertThat(log).containsExactly("begin");
    }

    @Test
    void a_held_sleep_that_is_lost_goes_on_where_it_was() {
        Handler<Integer, String> code = TASK.handle((ctx, n) -> {
            log.add("begin");
            ctx.sleep(Duration.ofSeconds(4));
            return "slept";
        });
        rig.boot(code);
        RunId id = rig.start("task", "1");
        rig.awaitState(id, RunState.BLOCKED);
        rig.clock.pass(Duration.ofSeconds(3));
        rig.boot(code);
        await("called again").atMost(Rig.LIMIT).until(() -> log.size() == 2);
        rig.awaitState(id, RunState.BLOCKED);
        rig.clock.pass(Duration.ofSeconds(1));
        rig.awaitEnd(id, Outcome.SUCCEEDED);
    }

    private Handler<Integer, String> waiter(Task<Integer, String> task) {
        return task.handle((ctx, n) -> {
            ctx.step("before", s -> log.add("before"));
            return ctx.await(GO) + ctx.await(GO);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void signals_are_taken_in_their_order_during_the_wait(boolean leaves) {
        rig.boot(waiter(leaves ? LEAVES : TASK));
        RunId id = rig.start("task", "1");
        var view = leaves ? rig.awaitGivenUp(id) : rig.awaitState(id, RunState.BLOCKED);
        assertThat(view.run().isHeld()).isEqualTo(!leaves);
        assertThat(rig.explain(id)).contains("signal 'go'");
        rig.signal(id, "other", "1");
        rig.signal(id, "go", "\"a\"");
        rig.signal(id, "go", "\"b\"");
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("\"ab\"");
        assertThat(log).containsExactly("before");
    }

    @Test
    void a_signal_before_the_wait_is_kept() {
        var go = new CountDownLatch(1);
        rig.boot(TASK.handle((ctx, n) -> {
            ctx.step("work", s -> go.await());
            return ctx.await(GO) + ctx.await(GO);
        }));
        RunId queued = rig.start("task", "1");
        rig.signal(queued, "go", "\"a\"");
        rig.signal(queued, "go", "\"b\"");
        go.countDown();
        var view = rig.awaitEnd(queued, Outcome.SUCCEEDED);
        assertThat(view.output()).isEqualTo("\"ab\"");
        // Taken at once: it was never blocked.
        assertThat(view.snapshots()).hasSize(3);
    }

    @Test
    void a_signal_after_the_end_is_refused() {
        rig.boot(TASK.handle((ctx, n) -> "done"));
        RunId id = rig.start("task", "1");
        rig.awaitEnd(id, Outcome.SUCCEEDED);
        assertThatThrownBy(() -> rig.signal(id, "go", "1"))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("has ended");
    }

    @Test
    void a_signal_outlives_the_engine_that_took_it() {
        rig.boot(waiter(LEAVES));
        RunId id = rig.start("task", "1");
        rig.awaitGivenUp(id);
        rig.signal(id, "go", "\"a\"");
        rig.boot(waiter(LEAVES));
        rig.signal(id, "go", "\"b\"");
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("\"ab\"");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_wait_that_is_too_long_gives_nothing_and_the_late_signal_is_for_the_next(boolean leaves) {
        rig.boot((leaves ? LEAVES : TASK).handle((ctx, n) -> {
            String first = ctx.await(GO, Duration.ofSeconds(3)).orElse("none");
            return first + ctx.await(GO, LONG).orElse("none");
        }));
        RunId id = rig.start("task", "1");
        rig.awaitState(id, RunState.BLOCKED);
        rig.clock.pass(Duration.ofSeconds(3));
        await("timed out")
                .atMost(Rig.LIMIT)
                .until(() -> Rig.statuses(rig.show(id)).contains(Status.TIMED_OUT));
        rig.signal(id, "go", "\"late\"");
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("\"nonelate\"");
    }

    @Test
    void a_patient_wait_is_given_up_when_it_was_long() {
        rig.boot(waiter(TASK.giveUpAfter(Duration.ofSeconds(2))));
        RunId id = rig.start("task", "1");
        assertThat(rig.awaitState(id, RunState.BLOCKED).run().isHeld()).isTrue();
        rig.clock.pass(Duration.ofSeconds(3));
        // Time stands still otherwise: somebody has to look at it.
        rig.signal(id, "other", "1");
        rig.awaitGivenUp(id);
    }

    @Test
    void a_token_is_completed_from_outside_once() {
        var ids = new CopyOnWriteArrayList<String>();
        rig.boot(LEAVES.handle((ctx, n) -> {
            Token<String> token = ctx.token("invoice", String.class, LONG);
            ctx.step("tell", s -> ids.add(token.id()));
            return token.await().orElse("none");
        }));
        RunId id = rig.start("task", "1");
        rig.awaitGivenUp(id);
        rig.complete(ids.getFirst(), "\"paid\"");
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("\"paid\"");
        assertThat(ids).hasSize(1);
        assertThatThrownBy(() -> rig.complete(ids.getFirst(), "1"))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("no token");
    }

    @Test
    void a_token_may_be_completed_before_it_is_awaited_and_is_void_after_its_time() {
        var ids = new CopyOnWriteArrayList<String>();
        var go = new CountDownLatch(1);
        rig.boot(TASK.handle((ctx, n) -> {
            Token<String> first = ctx.token("first", String.class, LONG);
            Token<String> second = ctx.token("second", String.class, Duration.ofSeconds(3));
            ids.add(first.id());
            ids.add(second.id());
            ctx.step("work", s -> go.await());
            return first.await().orElse("none") + second.await().orElse("none");
        }));
        RunId id = rig.start("task", "1");
        await("opened").atMost(Rig.LIMIT).until(() -> ids.size() == 2);
        rig.complete(ids.get(0), "\"one\"");
        assertThatThrownBy(() -> rig.complete(ids.get(0), "\"two\""))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("only the first value");
        rig.clock.pass(Duration.ofSeconds(3));
        assertThatThrownBy(() -> rig.complete(ids.get(1), "\"late\"")).isInstanceOf(Refused.class);
        go.countDown();
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("\"onenone\"");
    }

    @Test
    void what_a_failed_attempt_has_taken_is_taken_again() {
        var attempts = new AtomicInteger();
        rig.boot(TASK.retry(Retry.fixed(3, Duration.ZERO)).handle((ctx, n) -> {
            String kept = ctx.await(GO);
            try {
                ctx.step("fails first", s -> {
                    throw new IllegalStateException("no");
                });
            } catch (dev.holdfast.core.StepFailed e) {
                String first = ctx.await(GO);
                String second = ctx.await(GO);
                if (attempts.incrementAndGet() < 2) throw e;
                return kept + first + second;
            }
            return "";
        }));
        RunId id = rig.start("task", "1");
        for (String value : List.of("a", "b", "c")) rig.signal(id, "go", "\"" + value + "\"");
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("\"abc\"");
    }

    @Test
    void a_step_with_a_long_back_off_gives_the_run_up() {
        var step = Step.named("flaky", Integer.class).retry(Retry.fixed(3, Duration.ofHours(1)));
        rig.boot(TASK.handle((ctx, n) -> ""
                + ctx.step(step, s -> {
                    log.add("try " + s.attempt());
                    if (s.attempt() < 3) throw new IllegalStateException("not yet");
                    return s.attempt();
                })));
        RunId id = rig.start("task", "1");
        for (int i = 0; i < 2; i++) {
            rig.awaitGivenUp(id);
            assertThat(rig.explain(id)).contains("try " + (i + 2), "flaky");
            rig.clock.pass(Duration.ofHours(1));
            int tries = i + 2;
            await("next try").atMost(Rig.LIMIT).until(() -> log.size() >= tries);
        }
        rig.awaitEnd(id, Outcome.SUCCEEDED);
        assertThat(log).containsExactly("try 1", "try 2", "try 3");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_cancel_reaches_a_run_that_waits_and_it_compensates(boolean leaves) {
        rig.boot((leaves ? LEAVES : TASK).handle((ctx, n) -> {
            ctx.step("charge", s -> log.add("charge"));
            try {
                return ctx.await(GO);
            } catch (Unwind.Cancelled e) {
                ctx.sleep(Duration.ofMillis(1));
                ctx.step("refund", s -> log.add("refund"));
                throw e;
            }
        }));
        RunId id = rig.start("task", "1");
        if (leaves) rig.awaitGivenUp(id);
        else rig.awaitState(id, RunState.BLOCKED);
        rig.cancel(id);
        await("compensates, and has written down until when it sleeps")
                .atMost(Rig.LIMIT)
                .until(() -> Rig.statuses(rig.show(id)).equals(List.of(Status.DONE, Status.CANCELLED, Status.PENDING)));
        rig.clock.pass(Duration.ofMillis(5));
        rig.awaitEnd(id, Outcome.CANCELLED);
        assertThat(log).containsExactly("charge", "refund");
    }

    @Test
    void a_run_that_takes_too_long_ends_while_it_is_given_up() {
        rig.boot(TASK.maxDuration(Duration.ofHours(1)).handle((ctx, n) -> {
            ctx.sleep(LONG);
            return "";
        }));
        RunId id = rig.start("task", "1");
        rig.awaitGivenUp(id);
        rig.clock.pass(Duration.ofHours(1));
        rig.awaitEnd(id, Outcome.TIMED_OUT);
    }

    @Test
    void a_body_that_catches_everything_is_given_up_all_the_same() {
        rig.boot(LEAVES.handle((ctx, n) -> {
            ctx.step("before", s -> log.add("before"));
            try {
                return ctx.await(GO);
            } catch (Throwable everything) {
                log.add("caught");
                return "swallowed";
            }
        }));
        RunId id = rig.start("task", "1");
        rig.awaitGivenUp(id);
        rig.signal(id, "go", "\"a\"");
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("\"a\"");
        assertThat(log).containsExactly("before", "caught");
    }

    @Test
    void forked_steps_execute_side_by_side_and_are_recorded_once() {
        var together = new CountDownLatch(3);
        rig.boot(TASK.handle((ctx, n) -> {
            var all = new ArrayList<dev.holdfast.sdk.Pending<String>>();
            for (String name : List.of("a", "b", "c")) {
                all.add(ctx.fork(Step.named(name, String.class), s -> {
                    together.countDown();
                    together.await();
                    return name;
                }));
            }
            return String.join("", ctx.all(all));
        }));
        RunId id = rig.start("task", "1");
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("\"abc\"");
    }

    @Test
    void the_first_of_several_is_recorded_and_the_losers_are_left_to_the_end() {
        var never = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        rig.boot(TASK.handle((ctx, n) -> {
            var slow = ctx.fork(Step.named("slow", String.class), s -> {
                begun.countDown();
                try {
                    never.await();
                } catch (InterruptedException e) {
                    log.add("interrupted");
                }
                return "slow";
            });
            var quick = ctx.fork(Step.named("quick", String.class), s -> {
                begun.await();
                return "quick";
            });
            return ctx.any(List.of(slow, quick)).join();
        }));
        RunId id = rig.start("task", "1");
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("\"quick\"");
        assertThat(log).containsExactly("interrupted");
    }

    @Test
    void a_cancel_is_told_to_those_beside_before_the_body_compensates() {
        var reached = new CountDownLatch(2);
        rig.boot(TASK.handle((ctx, n) -> {
            var one = ctx.fork(Step.named("one", String.class), s -> {
                reached.countDown();
                new CountDownLatch(1).await();
                return "";
            });
            try {
                ctx.step("two", s -> {
                    reached.countDown();
                    new CountDownLatch(1).await();
                });
            } catch (Unwind.Cancelled e) {
                ctx.step("refund", s -> log.add("refund"));
                throw e;
            }
            return one.join();
        }));
        RunId id = rig.start("task", "1");
        try {
            reached.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        rig.cancel(id);
        var view = rig.awaitEnd(id, Outcome.CANCELLED);
        assertThat(Rig.statuses(view)).containsExactly(Status.CANCELLED, Status.CANCELLED, Status.DONE);
    }

    @Test
    void nothing_of_a_run_is_given_up_while_a_body_of_it_executes() throws Exception {
        var go = new CountDownLatch(1);
        rig.boot(LEAVES.handle((ctx, n) -> {
            var work = ctx.fork(Step.named("work", String.class), s -> {
                log.add("work");
                go.await();
                return "worked";
            });
            ctx.sleep(LONG);
            return work.join();
        }));
        RunId id = rig.start("task", "1");
        await("begun").atMost(Rig.LIMIT).until(() -> rig.show(id).steps().size() == 1);
        rig.signal(id, "look", "1");
        assertThat(rig.show(id).run().isHeld()).isTrue();
        go.countDown();
        rig.awaitGivenUp(id);
        rig.clock.pass(LONG);
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("\"worked\"");
        assertThat(log).containsExactly("work");
    }

    @Test
    void a_failure_beside_is_thrown_where_it_is_joined() {
        rig.boot(TASK.handle((ctx, n) -> {
            var bad = ctx.fork(Step.named("bad", String.class), s -> {
                throw new NoRetry("bad");
            });
            ctx.step("meanwhile", s -> log.add("meanwhile"));
            return bad.join();
        }));
        RunId id = rig.start("task", "1");
        var view = rig.awaitEnd(id, Outcome.FAILED);
        assertThat(String.valueOf(view.error())).contains("bad");
        assertThat(log).containsExactly("meanwhile");
    }
}
