package dev.holdfast.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Retry;
import dev.holdfast.core.StepFailed;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cancelled, superseded, given up: how user code is left, and what is written then. */
class LeavingTest {
    private static final Task<String, String> TASK = Task.named("t", String.class, String.class);
    private static final Ending CANCELLED = new Ending.Left(Ending.Why.CANCELLED);

    private final MemoryRun run = new MemoryRun();

    private Ending execute(Task.Body<String, String> body) {
        return run.run(TASK.handle(body), "\"in\"");
    }

    @AfterEach
    void no_interrupt_leaks() {
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void cancel_is_delivered_at_the_first_unrecorded_key_and_replayed_there() {
        var log = new ArrayList<String>();
        Task.Body<String, String> body = (ctx, in) -> {
            ctx.step("a", s -> log.add("a"));
            if (ctx.epoch() == 1) run.stop(Attempt.Standing.CANCELLED);
            try {
                ctx.step("b", s -> log.add("b"));
            } catch (Unwind.Cancelled e) {
                ctx.step("refund", s -> log.add("refund"));
                throw e;
            }
            return "";
        };
        assertThat(execute(body)).isEqualTo(CANCELLED);
        assertThat(run.at(2)).isEqualTo(StepRecord.cancelled(StepKey.of(2), "b", 1));
        assertThat(run.at(3).name()).isEqualTo("refund");
        assertThat(execute(body)).isEqualTo(CANCELLED);
        assertThat(log).containsExactly("a", "refund");
        assertThat(run.written).hasSize(3);
    }

    @Test
    void a_body_that_is_interrupted_by_cancel_gives_its_key_to_it() {
        assertThat(execute((ctx, in) -> ctx.step("a", String.class, s -> {
                    run.stop(Attempt.Standing.CANCELLED);
                    new CountDownLatch(1).await();
                    return "never";
                })))
                .isEqualTo(CANCELLED);
        assertThat(run.written).containsExactly(StepRecord.cancelled(StepKey.of(1), "a", 1));
    }

    @Test
    void an_interrupt_that_was_wrapped_is_still_the_cancel() {
        execute((ctx, in) -> ctx.step("a", String.class, s -> {
            run.stop(Attempt.Standing.CANCELLED);
            throw new IllegalStateException("stopped by the driver");
        }));
        assertThat(run.at(1).status()).isEqualTo(StepRecord.Status.CANCELLED);
    }

    @Test
    void a_body_that_swallows_the_interrupt_has_happened_and_the_next_call_throws() {
        assertThat(execute((ctx, in) -> {
                    ctx.step("a", String.class, s -> {
                        run.stop(Attempt.Standing.CANCELLED);
                        return "done";
                    });
                    return ctx.step("b", String.class, s -> "never");
                }))
                .isEqualTo(CANCELLED);
        assertThat(run.at(1).status()).isEqualTo(StepRecord.Status.DONE);
        assertThat(run.at(2).status()).isEqualTo(StepRecord.Status.CANCELLED);
    }

    @Test
    void cancel_comes_while_a_step_waits_for_its_next_try() {
        run.onPause = () -> run.stop(Attempt.Standing.CANCELLED);
        var step = Step.named("a", String.class).retry(Retry.exponential(3));
        assertThat(execute((ctx, in) -> ctx.step(step, s -> {
                    throw new IOException("x");
                })))
                .isEqualTo(CANCELLED);
        assertThat(run.written)
                .extracting(StepRecord::status)
                .containsExactly(StepRecord.Status.PENDING, StepRecord.Status.CANCELLED);
    }

    @Test
    void a_failure_of_its_own_under_cancel_is_recorded_as_what_it_is() {
        var ending = execute((ctx, in) -> ctx.step("a", String.class, s -> {
            run.standing = Attempt.Standing.CANCELLED;
            throw new IOException("broken");
        }));
        assertThat(run.at(1).status()).isEqualTo(StepRecord.Status.FAILED);
        assertThat(ending).isInstanceOf(Ending.Threw.class);
    }

    @Test
    void compensation_may_return_or_fail() {
        run.standing = Attempt.Standing.CANCELLED;
        assertThat(execute((ctx, in) -> {
                    assertThatThrownBy(ctx::now).isInstanceOf(Unwind.Cancelled.class);
                    return "compensated";
                }))
                .isEqualTo(CANCELLED);
        assertThat(execute((ctx, in) -> {
                    assertThatThrownBy(ctx::now).isInstanceOf(Unwind.Cancelled.class);
                    throw new IOException("compensation failed");
                }))
                .isInstanceOf(Ending.Threw.class);
        assertThat(run.written).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(classes = {InterruptedException.class, SocketTimeoutException.class})
    void what_breaks_in_a_compensation_is_recorded_and_tried_again(Class<? extends Exception> kind) {
        run.standing = Attempt.Standing.CANCELLED;
        var refund = Step.named("refund", String.class).retry(Retry.fixed(3, Duration.ofSeconds(1)));
        var interrupts = new ArrayList<>(List.of(1));
        run.onPause = () -> {
            if (interrupts.isEmpty()) return;
            interrupts.clear();
            Thread.currentThread().interrupt();
        };
        assertThat(execute((ctx, in) -> {
                    try {
                        ctx.now();
                    } catch (Unwind.Cancelled e) {
                        ctx.step(refund, s -> {
                            if (s.attempt() == 1) throw kind.getConstructor().newInstance();
                            return "try " + s.attempt();
                        });
                        throw e;
                    }
                    return "";
                }))
                .isEqualTo(CANCELLED);
        assertThat(run.at(2)).returns("\"try 2\"", StepRecord::result);
        assertThat(run.pauses).containsExactly(Duration.ofSeconds(1));
    }

    @Test
    void a_slow_other_end_is_no_interrupt() {
        execute((ctx, in) -> ctx.step("a", String.class, s -> {
            run.standing = Attempt.Standing.CANCELLED;
            throw new IllegalStateException(new SocketTimeoutException("Read timed out"));
        }));
        assertThat(run.at(1).status()).isEqualTo(StepRecord.Status.FAILED);
    }

    /** Blocks between its steps in the first epoch, where the cancel meets it. */
    private Task.Body<String, String> blocked(List<String> log, Task.Body<String, String> between) {
        return (ctx, in) -> {
            ctx.step("charge", s -> log.add("charge"));
            try {
                if (ctx.epoch() == 1) between.run(ctx, in);
                ctx.step("ship", s -> log.add("ship"));
            } catch (Unwind.Cancelled e) {
                ctx.step("refund", s -> log.add("refund"));
                throw e;
            }
            return "";
        };
    }

    @Test
    void a_cancel_that_meets_the_body_between_its_steps_is_delivered_by_the_replay() {
        var log = new ArrayList<String>();
        var body = blocked(log, (ctx, in) -> {
            run.stop(Attempt.Standing.CANCELLED);
            new CountDownLatch(1).await();
            return "";
        });
        assertThat(execute(body)).isEqualTo(new Ending.Left(Ending.Why.GIVEN_UP));
        assertThat(execute(body)).isEqualTo(CANCELLED);
        assertThat(run.at(2)).isEqualTo(StepRecord.cancelled(StepKey.of(2), "ship", 2));
        assertThat(log).containsExactly("charge", "refund");
    }

    @Test
    void so_is_one_whose_interrupt_came_out_as_something_else() {
        var log = new ArrayList<String>();
        var body = blocked(log, (ctx, in) -> {
            run.stop(Attempt.Standing.CANCELLED);
            throw new IllegalStateException("stopped by the driver");
        });
        assertThat(execute(body)).isEqualTo(new Ending.Left(Ending.Why.GIVEN_UP));
        assertThat(execute(body)).isEqualTo(CANCELLED);
        assertThat(log).containsExactly("charge", "refund");
    }

    @Test
    void a_cancel_before_the_first_key_of_a_replay_finds_what_an_earlier_epoch_recorded() {
        execute((ctx, in) -> {
            ctx.step("charge", s -> {});
            return "";
        });
        assertThat(execute((ctx, in) -> {
                    run.stop(Attempt.Standing.CANCELLED);
                    new CountDownLatch(1).await();
                    return "";
                }))
                .isEqualTo(new Ending.Left(Ending.Why.GIVEN_UP));
    }

    @Test
    void a_cancel_before_anything_was_recorded_ends_at_once() {
        assertThat(execute((ctx, in) -> {
                    run.stop(Attempt.Standing.CANCELLED);
                    new CountDownLatch(1).await();
                    return "";
                }))
                .isEqualTo(CANCELLED);
        assertThat(run.written).isEmpty();
    }

    @Test
    void the_cancel_of_another_run_is_a_failure_like_any_other() {
        var foreign = new Unwind.Cancelled("Another run is cancelled.");
        assertThat(execute((ctx, in) -> {
                    throw foreign;
                }))
                .isInstanceOf(Ending.Threw.class);
        assertThat(execute((ctx, in) -> ctx.step("a", String.class, s -> {
                    throw new IllegalStateException(foreign);
                })))
                .isInstanceOf(Ending.Threw.class);
        run.records.clear();
        assertThat(execute((ctx, in) -> ctx.step("a", String.class, s -> {
                    throw foreign;
                })))
                .isInstanceOf(Ending.Threw.class);
        assertThat(run.at(1).status()).isEqualTo(StepRecord.Status.FAILED);
    }

    @Test
    void a_cancelled_that_was_wrapped_is_still_cancelled() {
        run.standing = Attempt.Standing.CANCELLED;
        assertThat(execute((ctx, in) -> {
                    try {
                        return "" + ctx.now();
                    } catch (Unwind.Cancelled e) {
                        throw new IllegalStateException(e);
                    }
                }))
                .isEqualTo(CANCELLED);
    }

    @ParameterizedTest
    @CsvSource({"SUPERSEDED, SUPERSEDED", "DRAINING, GIVEN_UP", "STOPPED, GIVEN_UP"})
    void leaving_is_sticky_and_what_the_body_then_does_is_discarded(Attempt.Standing standing, Ending.Why why) {
        var left = new Ending.Left(why);
        assertThat(execute((ctx, in) -> {
                    run.standing = standing;
                    var first = unwound(ctx::now);
                    run.standing = Attempt.Standing.GOING;
                    assertThat(unwound(() -> ctx.send("x"))).isSameAs(first);
                    assertThat(unwound(() -> ctx.step("a", s -> {}))).isSameAs(first);
                    assertThat(unwound(() -> ctx.changed("a"))).isSameAs(first);
                    return "swallowed";
                }))
                .isEqualTo(left);
        assertThat(execute((ctx, in) -> {
                    run.standing = standing;
                    try {
                        ctx.now();
                    } finally {
                        run.standing = Attempt.Standing.GOING;
                    }
                    throw new IOException("never");
                }))
                .isEqualTo(left);
        assertThat(run.written).isEmpty();
        assertThat(run.stream).isEmpty();
    }

    private static Unwind unwound(Runnable call) {
        try {
            call.run();
        } catch (Unwind e) {
            return e;
        }
        throw new AssertionError("it did not unwind");
    }

    @ParameterizedTest
    @EnumSource(names = {"SUPERSEDED", "DRAINING", "STOPPED"})
    void what_breaks_in_a_body_that_is_being_stopped_is_no_failure_of_the_step(Attempt.Standing standing) {
        var ending = execute((ctx, in) -> ctx.step("a", String.class, s -> {
            run.stop(standing);
            throw new IOException("connection closed");
        }));
        assertThat(ending).isInstanceOf(Ending.Left.class);
        assertThat(run.written).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"DRAINING", "STOPPED"})
    void a_result_that_came_while_stopping_is_recorded(Attempt.Standing standing) {
        execute((ctx, in) -> {
            ctx.step("a", s -> run.stop(standing));
            return ctx.step("b", String.class, s -> "never");
        });
        assertThat(run.written).extracting(StepRecord::name).containsExactly("a");
    }

    @Test
    void a_write_that_is_stale_ends_everything() {
        run.answer = Attempt.Answer.SUPERSEDED;
        assertThat(execute((ctx, in) -> {
                    try {
                        return ctx.step("a", String.class, s -> "x");
                    } catch (Unwind e) {
                        return "swallowed";
                    }
                }))
                .isEqualTo(new Ending.Left(Ending.Why.SUPERSEDED));
    }

    @Test
    void trouble_of_the_engine_is_no_failure_of_anybody_and_comes_out_again() {
        run.crashIn = 1; // the record, after begin
        assertThatThrownBy(() -> execute((ctx, in) -> {
                    try {
                        return ctx.step("a", String.class, s -> "x");
                    } catch (StepFailed | Unwind e) {
                        assertThat(e).isInstanceOf(Unwind.GivenUp.class);
                        return "swallowed";
                    }
                }))
                .isInstanceOf(MemoryRun.Crash.class);
    }

    @Test
    void trouble_while_sending_that_the_body_swallows_records_nothing() {
        run.onSend = () -> {
            throw new IllegalStateException("the stream is away");
        };
        assertThatThrownBy(() -> execute((ctx, in) -> ctx.step("a", String.class, s -> {
                    try {
                        s.send("x");
                    } catch (Unwind e) {
                        // a body that catches too much
                    }
                    return "x";
                })))
                .hasMessage("the stream is away");
        assertThat(run.written).isEmpty();
    }

    @Test
    void an_interrupt_of_nobody_in_a_pause_only_makes_it_look_again() {
        var interrupts = new ArrayList<>(List.of(1));
        run.onPause = () -> {
            if (!interrupts.isEmpty()) {
                interrupts.clear();
                Thread.currentThread().interrupt();
            }
        };
        var step = Step.named("a", String.class).retry(Retry.fixed(2, Duration.ofSeconds(1)));
        assertThat(execute((ctx, in) -> ctx.step(step, s -> {
                    if (s.attempt() == 1) throw new IOException("x");
                    return "ok";
                })))
                .isEqualTo(new Ending.Returned("\"ok\""));
        assertThat(run.pauses).containsExactly(Duration.ofSeconds(1));
    }
}
