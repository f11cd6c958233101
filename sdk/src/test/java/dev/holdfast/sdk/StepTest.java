package dev.holdfast.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.NoRetry;
import dev.holdfast.core.Retry;
import dev.holdfast.core.StepFailed;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** One step: recorded once, tried again, given up, replayed. */
class StepTest {
    private static final Task<String, String> TASK = Task.named("t", String.class, String.class);

    private final MemoryRun run = new MemoryRun();

    private Ending execute(Task.Body<String, String> body) {
        return run.run(TASK.handle(body), "\"in\"");
    }

    private static Ending.Threw threw(Ending ending) {
        assertThat(ending).isInstanceOf(Ending.Threw.class);
        return (Ending.Threw) ending;
    }

    @Test
    void a_recorded_step_returns_at_once_in_every_later_epoch() {
        var bodies = new ArrayList<String>();
        Task.Body<String, String> body = (ctx, in) -> ctx.step("a", String.class, s -> {
            bodies.add(s.key() + " epoch " + s.epoch() + " try " + s.attempt());
            return in + "!";
        });
        assertThat(execute(body)).isEqualTo(new Ending.Returned("\"in!\""));
        assertThat(execute(body)).isEqualTo(new Ending.Returned("\"in!\""));
        assertThat(bodies).containsExactly(MemoryRun.ID + ":1 epoch 1 try 1");
        assertThat(run.written).containsExactly(StepRecord.done(StepKey.of(1), "a", 1, 1, "\"in!\""));
    }

    record Mutable(List<String> list) {}

    @Test
    void what_is_returned_was_read_from_the_record_live_too() {
        var kept = new AtomicReference<Mutable>();
        execute((ctx, in) -> {
            var seen = ctx.step("a", Mutable.class, s -> {
                kept.set(new Mutable(new ArrayList<>(List.of("x"))));
                return kept.get();
            });
            assertThat(seen).isEqualTo(kept.get()).isNotSameAs(kept.get());
            return "";
        });
    }

    @Test
    void a_step_without_a_result_records_null() {
        Task.Body<String, String> body = (ctx, in) -> {
            ctx.step("a", s -> {});
            return "ok";
        };
        execute(body);
        assertThat(run.at(1).result()).isEqualTo("null");
        assertThat(execute(body)).isEqualTo(new Ending.Returned("\"ok\""));
    }

    @Test
    void tries_wait_and_are_written_down_and_the_result_is_that_of_the_last() {
        var step = Step.named("a", Integer.class).retry(Retry.exponential(3));
        execute((ctx, in) -> ""
                + ctx.step(step, s -> {
                    if (s.attempt() < 3) throw new IOException("try " + s.attempt());
                    return s.attempt();
                }));
        assertThat(run.written)
                .extracting(StepRecord::status)
                .containsExactly(StepRecord.Status.PENDING, StepRecord.Status.PENDING, StepRecord.Status.DONE);
        assertThat(run.written.get(0))
                .returns(1, StepRecord::tries)
                .returns(Instant.parse("2026-01-01T00:00:01Z"), StepRecord::next);
        assertThat(run.at(1).tries()).isEqualTo(3);
        assertThat(run.pauses).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2));
        assertThat(run.begun).containsExactly("1/1", "1/2", "1/3");
        assertThat(run.attempts).isEqualTo(1);
    }

    @Test
    void tries_go_on_in_the_next_epoch_and_wait_for_their_time() {
        var step = Step.named("a", String.class).retry(Retry.fixed(3, Duration.ofSeconds(10)));
        Task.Body<String, String> body = (ctx, in) -> ctx.step(step, s -> {
            if (s.attempt() == 1) throw new IOException("first");
            return "try " + s.attempt();
        });
        run.crashIn = 2; // begin, PENDING, then the second begin
        assertThatThrownBy(() -> execute(body)).isInstanceOf(MemoryRun.Crash.class);
        assertThat(run.at(1).status()).isEqualTo(StepRecord.Status.PENDING);
        run.now = run.now.minusSeconds(4);
        run.pauses.clear();
        assertThat(execute(body)).isEqualTo(new Ending.Returned("\"try 2\""));
        assertThat(run.pauses).containsExactly(Duration.ofSeconds(4));
    }

    @Test
    void a_step_that_gave_up_throws_the_same_live_and_in_replay() {
        var messages = new ArrayList<String>();
        Task.Body<String, String> body = (ctx, in) -> {
            try {
                return ctx.step("a", String.class, s -> {
                    throw new IOException("no disk");
                });
            } catch (StepFailed e) {
                messages.add(e.getMessage() + " | " + e.error().type() + " | " + e.key());
                return "caught";
            }
        };
        assertThat(execute(body)).isEqualTo(new Ending.Returned("\"caught\""));
        assertThat(execute(body)).isEqualTo(new Ending.Returned("\"caught\""));
        assertThat(messages).hasSize(2).containsOnly("step 'a' failed: no disk | java.io.IOException | 1");
        assertThat(run.written).hasSize(1);
    }

    @Test
    void no_retry_also_as_a_cause_ends_the_tries_and_the_attempts() {
        var step = Step.named("a", String.class).retry(Retry.exponential(5));
        var ending = threw(execute((ctx, in) -> ctx.step(step, s -> {
            throw new IllegalStateException(new NoRetry("never"));
        })));
        assertThat(run.begun).containsExactly("1/1");
        assertThat(ending.error().retryable()).isFalse();
        assertThat(ending.error().code()).isEqualTo("step_failed");
        assertThat(ending.toHistory()).containsExactly(StepKey.of(1));
    }

    @Test
    void the_failed_step_and_what_came_after_its_delivery_go_to_history() {
        var ending = threw(execute((ctx, in) -> {
            ctx.step("before", s -> {});
            StepFailed kept = null;
            try {
                ctx.step("bad", s -> {
                    throw new IOException("x");
                });
            } catch (StepFailed e) {
                kept = e;
            }
            ctx.step("after", s -> {});
            ctx.now();
            throw new IllegalStateException("wrapped", kept);
        }));
        assertThat(ending.toHistory()).containsExactly(StepKey.of(2), StepKey.of(3), StepKey.of(4));
        assertThat(ending.error()).returns("user_error", e -> e.code()).returns(true, e -> e.retryable());
    }

    @Test
    void a_failure_that_was_caught_stays() {
        var ending = threw(execute((ctx, in) -> {
            try {
                ctx.step("bad", s -> {
                    throw new IOException("x");
                });
            } catch (StepFailed e) {
                // handled
            }
            throw new IllegalStateException("another matter");
        }));
        assertThat(ending.toHistory()).isEmpty();
    }

    @Test
    void the_next_attempt_runs_the_failed_step_again() {
        var ending = run.finish(
                TASK.handle((ctx, in) -> {
                    ctx.step("once", s -> {});
                    return ctx.step("flaky", String.class, s -> {
                        if (ctx.attempt() < 3) throw new IOException("attempt " + ctx.attempt());
                        return "attempt " + ctx.attempt();
                    });
                }),
                "\"in\"");
        assertThat(ending).isEqualTo(new Ending.Returned("\"attempt 3\""));
        assertThat(run.begun).containsExactly("1/1", "2/1", "2/1", "2/1");
    }

    @Test
    void a_timeout_is_a_failure_of_the_step_and_its_interrupt_does_not_leak() {
        run.alarmsRing = true;
        var step =
                Step.named("slow", String.class).timeout(Duration.ofSeconds(5)).retry(Retry.fixed(2, Duration.ZERO));
        var ending = threw(execute((ctx, in) -> {
            try {
                return ctx.step(step, s -> {
                    new CountDownLatch(1).await();
                    return "never";
                });
            } finally {
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
            }
        }));
        assertThat(run.begun).containsExactly("1/1", "1/2");
        assertThat(run.at(1).error()).isNotNull().returns("step_timeout", e -> e.code());
        assertThat(ending.error().message()).contains("'slow' took longer than PT5S");
        assertThat(ending.error().retryable()).isTrue();
    }

    @Test
    void a_body_that_swallows_the_timeout_has_happened() {
        run.alarmsRing = true;
        var step = Step.named("slow", String.class).timeout(Duration.ofSeconds(5));
        assertThat(execute((ctx, in) -> ctx.step(step, s -> {
                    assertThat(Thread.interrupted()).isTrue();
                    return "done";
                })))
                .isEqualTo(new Ending.Returned("\"done\""));
    }

    @Test
    void an_interrupt_of_its_own_fails_the_step_and_does_not_leak() {
        var ending = threw(execute((ctx, in) -> ctx.step("a", String.class, s -> {
            Thread.currentThread().interrupt();
            throw new InterruptedException("own");
        })));
        assertThat(ending.error().code()).isEqualTo("step_failed");
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void an_interrupt_that_a_body_leaves_behind_ends_with_its_step() {
        execute((ctx, in) -> {
            ctx.step("a", s -> Thread.currentThread().interrupt());
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            return "";
        });
    }

    @Test
    void a_result_that_is_too_large_fails_the_step_and_names_the_limit() {
        var ending = threw(execute((ctx, in) -> ctx.step("big", String.class, s -> "x".repeat(1_000_000))));
        assertThat(run.at(1).error()).isNotNull().returns("result_too_large", e -> e.code());
        assertThat(ending.error().message()).contains("1000002").contains("1000000");
        assertThat(ending.error().retryable()).isFalse();
        assertThat(run.at(1).status()).isEqualTo(StepRecord.Status.FAILED);
    }

    @Test
    void a_result_with_a_nul_or_of_no_readable_type_fails_the_step() {
        threw(execute((ctx, in) -> ctx.step("nul", String.class, s -> "a\0")));
        assertThat(run.at(1).error()).isNotNull().returns("nul_character", e -> e.code());
        run.records.clear();
        threw(execute((ctx, in) -> "" + ctx.step("odd", Runnable.class, s -> new Named("x"))));
        assertThat(run.at(1).error()).isNotNull().returns("step_unreadable", e -> e.code());
    }

    record Named(String name) implements Runnable {
        @Override
        public void run() {}
    }

    @Test
    void an_old_result_that_does_not_fit_the_new_type_ends_the_run_without_a_retry() {
        execute((ctx, in) -> ctx.step("a", String.class, s -> "text"));
        var ending = threw(execute((ctx, in) -> {
            try {
                return "" + ctx.step("a", Integer.class, s -> 1);
            } catch (RuntimeException e) {
                return "swallowed";
            }
        }));
        assertThat(ending.error()).returns("step_unreadable", e -> e.code()).returns(false, e -> e.retryable());
        assertThat(ending.error().message())
                .contains(MemoryRun.ID.toString())
                .contains("step 1 'a'")
                .contains("java.lang.Integer");
        assertThat(ending.toHistory()).isEmpty();
    }

    @Test
    void more_steps_than_the_limit_end_the_run() {
        var ending = threw(execute((ctx, in) -> {
            for (int i = 0; i < 10_001; i++) ctx.now();
            return "";
        }));
        assertThat(ending.error()).returns("steps_limit", e -> e.code()).returns(false, e -> e.retryable());
        assertThat(ending.error().message()).contains("10000");
        assertThat(run.written).hasSize(10_000);
    }

    @Test
    void changes_count_against_the_limit_live_and_in_replay() {
        Task.Body<String, String> body = (ctx, in) -> {
            for (int i = 0; i < 10_001; i++) ctx.changed("change " + i);
            return "";
        };
        assertThat(threw(execute(body)).error()).returns("steps_limit", e -> e.code());
        assertThat(run.written).hasSize(10_000);
        assertThat(threw(execute(body)).error()).returns("steps_limit", e -> e.code());
    }

    @Test
    void another_name_at_a_recorded_key_parks_the_run() {
        execute((ctx, in) -> ctx.step("a", String.class, s -> "x"));
        var messages = new ArrayList<String>();
        var ending = execute((ctx, in) -> {
            try {
                return ctx.step("b", String.class, s -> "y");
            } catch (Unwind e) {
                messages.add(String.valueOf(e.getMessage()));
                throw e;
            }
        });
        assertThat(ending).isEqualTo(new Ending.Left(Ending.Why.GIVEN_UP));
        assertThat(run.parked).isEqualTo(new dev.holdfast.core.Run.Parked("1", StepKey.of(1), "a", "b"));
        assertThat(messages.getFirst()).contains("'a'").contains("'b'").contains("HashMap");
        assertThat(run.written).hasSize(1);
    }

    @Test
    void a_bad_name_takes_no_key() {
        execute((ctx, in) -> {
            assertThatThrownBy(() -> ctx.step("", s -> {})).isInstanceOf(IllegalArgumentException.class);
            ctx.step("a", s -> {});
            return "";
        });
        assertThat(run.at(1).name()).isEqualTo("a");
    }

    @Test
    void input_that_does_not_fit_and_a_result_that_cannot_be_kept_are_final() {
        var input = threw(run.run(TASK.handle((ctx, in) -> in), "5"));
        assertThat(input.error()).returns("input_invalid", e -> e.code()).returns(false, e -> e.retryable());
        var large = threw(execute((ctx, in) -> "x".repeat(1_000_000)));
        assertThat(large.error()).returns("result_too_large", e -> e.code()).returns(false, e -> e.retryable());
        var nul = threw(execute((ctx, in) -> "\0"));
        assertThat(nul.error()).returns("nul_character", e -> e.code());
    }

    @Test
    void an_exception_that_cannot_be_printed_is_still_recorded() {
        var ending = threw(execute((ctx, in) -> {
            throw new IllegalStateException() {
                @Override
                public String getMessage() {
                    throw new UnsupportedOperationException();
                }
            };
        }));
        assertThat(ending.error().message()).contains("cannot be read");
    }

    /** An exception that cannot even be asked for its cause, as one whose fields are a ring. */
    private static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public synchronized Throwable getCause() {
            throw new StackOverflowError();
        }

        @Override
        public String getMessage() {
            throw new StackOverflowError();
        }
    }

    @Test
    void an_exception_whose_methods_fail_is_a_failure_like_any_other() {
        threw(execute((ctx, in) -> {
            throw new Broken();
        }));
        threw(execute((ctx, in) -> ctx.step("a", String.class, s -> {
            throw new Broken();
        })));
        assertThat(run.at(1).status()).isEqualTo(StepRecord.Status.FAILED);
    }

    record Ring(String x) {
        @Override
        public String x() {
            throw new StackOverflowError();
        }
    }

    record Unbuilt(String x) {
        Unbuilt {
            if (!x.isEmpty()) throw new ExceptionInInitializerError("no tables");
        }
    }

    @Test
    void an_error_in_the_code_of_a_type_is_a_failure_like_any_other() {
        var input =
                threw(run.run(Task.named("t", Unbuilt.class, String.class).handle((ctx, in) -> ""), "{\"x\":\"1\"}"));
        assertThat(input.error()).returns("input_invalid", e -> e.code());
        var output =
                threw(run.run(Task.named("t", String.class, Ring.class).handle((ctx, in) -> new Ring(in)), "\"x\""));
        assertThat(output.error()).returns("value_unwritable", e -> e.code());
        threw(execute((ctx, in) -> "" + ctx.step("a", Ring.class, s -> new Ring(in))));
        assertThat(run.at(1).error()).isNotNull().returns("value_unwritable", e -> e.code());
    }

    @Test
    void a_task_without_a_result_returns_null() {
        var mail = Task.named("mail", String.class, Void.class);
        assertThat(run.run(Handler.of(mail, (ctx, in) -> ctx.step("send", s -> {})), "\"x\""))
                .isEqualTo(new Ending.Returned("null"));
    }
}
