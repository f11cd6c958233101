package dev.holdfast.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Retry;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.stream.Fold;
import dev.holdfast.core.stream.Item;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Time, randomness, changes, sends, and who may call. */
class ContextTest {
    private static final Task<String, String> TASK = Task.named("t", String.class, String.class);

    private final MemoryRun run = new MemoryRun();

    private Ending execute(Task.Body<String, String> body) {
        return run.run(TASK.handle(body), "\"in\"");
    }

    @Test
    void now_is_recorded_and_takes_a_key() {
        Task.Body<String, String> body = (ctx, in) -> ctx.now() + " " + ctx.now();
        Ending first = execute(body);
        run.now = run.now.plusSeconds(100);
        assertThat(execute(body)).isEqualTo(first);
        assertThat(run.written).extracting(StepRecord::key).containsExactly(StepKey.of(1), StepKey.of(2));
    }

    @Test
    void random_numbers_are_the_same_in_every_replay_and_write_nothing() {
        Task.Body<String, String> body = (ctx, in) -> ctx.random().nextLong() + " "
                + ctx.random().nextLong() + " " + ctx.random().nextInt(100);
        Ending first = execute(body);
        assertThat(execute(body)).isEqualTo(first);
        assertThat(run.written).isEmpty();
        // Pinned: another release of Java or of Holdfast must give the same numbers to the same run.
        assertThat(first).isEqualTo(new Ending.Returned("\"1804894764476828903 8874973515844855393 9\""));
    }

    @Test
    void random_numbers_cannot_be_drawn_inside_a_step() {
        execute((ctx, in) -> {
            var numbers = ctx.random();
            ctx.step("a", s -> assertThatThrownBy(numbers::nextLong).isInstanceOf(IllegalStateException.class));
            return "";
        });
    }

    @Test
    void a_new_run_takes_the_new_code_and_remembers_it() {
        Task.Body<String, String> body = (ctx, in) -> {
            boolean before = ctx.changed("pricing");
            ctx.step("a", s -> {});
            return before + " " + ctx.changed("pricing");
        };
        assertThat(execute(body)).isEqualTo(new Ending.Returned("\"true true\""));
        assertThat(execute(body)).isEqualTo(new Ending.Returned("\"true true\""));
        assertThat(run.written).extracting(r -> r.key().path()).containsExactly("changed/pricing", "1");
    }

    @Test
    void a_run_that_went_by_with_the_old_code_stays_with_it() {
        execute((ctx, in) -> {
            ctx.step("a", s -> {});
            ctx.step("b", s -> {});
            return "";
        });
        Task.Body<String, String> changed = (ctx, in) -> {
            ctx.step("a", s -> {});
            boolean here = ctx.changed("pricing");
            ctx.step("b", s -> {});
            // Nothing is recorded beyond this place, but the answer must be the one that was given above.
            return here + " " + ctx.changed("pricing");
        };
        assertThat(execute(changed)).isEqualTo(new Ending.Returned("\"false false\""));
        assertThat(execute(changed)).isEqualTo(new Ending.Returned("\"false false\""));
        assertThat(run.written).hasSize(2);
    }

    @Test
    void a_run_that_had_not_come_there_takes_the_new_code() {
        execute((ctx, in) -> {
            ctx.step("a", s -> {});
            return "";
        });
        assertThat(execute((ctx, in) -> {
                    ctx.step("a", s -> {});
                    return "" + ctx.changed("pricing");
                }))
                .isEqualTo(new Ending.Returned("\"true\""));
    }

    @Test
    void a_run_whose_old_step_waits_for_its_next_try_stays_with_the_old_code() {
        var old = Step.named("old", String.class).retry(Retry.fixed(3, Duration.ofSeconds(1)));
        run.onPause = () -> {
            throw new MemoryRun.Crash();
        };
        assertThatThrownBy(() -> execute((ctx, in) -> ctx.step(old, s -> {
                    throw new IOException("once");
                })))
                .isInstanceOf(MemoryRun.Crash.class);
        run.onPause = () -> {};
        assertThat(execute((ctx, in) ->
                        ctx.changed("pricing") ? ctx.step("new", String.class, s -> "new") : ctx.step(old, s -> "old")))
                .isEqualTo(new Ending.Returned("\"old\""));
        assertThat(run.parked).isNull();
    }

    @Test
    void sends_between_steps_are_silent_in_a_replay_and_not_beyond() {
        Task.Body<String, String> body = (ctx, in) -> {
            ctx.send("one ");
            ctx.step("a", s -> s.send("two "));
            ctx.send("three ");
            ctx.step("b", s -> s.send("four "));
            ctx.send("five");
            return "";
        };
        run.crashIn = 5; // one, begin, two, record, three, then: begin of b
        assertThatThrownBy(() -> execute(body)).isInstanceOf(MemoryRun.Crash.class);
        assertThat(run.text()).isEqualTo("one two three ");
        execute(body);
        assertThat(run.text()).isEqualTo("one two three four five");
        assertThat(chunks()).isEqualTo(List.of("1/0", "1/1", "2/0", "2/0", "2/1", "3/0"));
        execute(body);
        assertThat(run.text()).isEqualTo("one two three four five");
    }

    private List<String> chunks() {
        var sources = new ArrayList<String>();
        for (var entry : run.stream) {
            if (entry.item() instanceof Item.Chunk chunk)
                sources.add(chunk.source().toString());
        }
        return sources;
    }

    record Progress(int done) {}

    @Test
    void chunks_are_json_and_have_a_limit() {
        execute((ctx, in) -> {
            ctx.send(new Progress(3));
            assertThatThrownBy(() -> ctx.send("x".repeat(64_000)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("64002")
                    .hasMessageContaining("64000");
            ctx.step(
                    "a",
                    s -> assertThatThrownBy(() -> s.send("x".repeat(64_000)))
                            .isInstanceOf(IllegalArgumentException.class));
            return "";
        });
        assertThat(Fold.of(run.stream).chunks()).extracting(Item.Chunk::data).containsExactly("{\"done\":3}");
    }

    @Test
    void a_scope_refuses_to_send_when_its_try_has_ended() {
        var kept = new AtomicReference<Step.@Nullable Scope>();
        execute((ctx, in) -> {
            ctx.step("a", s -> kept.set(s));
            assertThatThrownBy(() -> scope(kept).send("late"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Try 1 of step 1 has ended");
            return "";
        });
        assertThat(run.stream).isEmpty();
    }

    private static Step.Scope scope(AtomicReference<Step.@Nullable Scope> kept) {
        Step.Scope scope = kept.get();
        if (scope == null) throw new AssertionError("the body did not run");
        return scope;
    }

    @Test
    void a_scope_sends_from_threads_of_the_body() {
        execute((ctx, in) -> {
            ctx.step("a", s -> {
                var other = Thread.ofPlatform().start(() -> s.send("from elsewhere"));
                other.join();
            });
            return "";
        });
        assertThat(run.text()).isEqualTo("from elsewhere");
    }

    @Test
    void a_step_in_a_step_is_refused_with_what_to_do() {
        execute((ctx, in) -> {
            ctx.step("outer", s -> {
                assertThatThrownBy(() -> ctx.step("inner", t -> {}))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("inside the body of step 'outer'")
                        .hasMessageContaining("before or after");
                assertThatThrownBy(() -> ctx.send("x")).hasMessageContaining("s.send");
                assertThatThrownBy(ctx::now).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(() -> ctx.changed("x")).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(ctx::random).isInstanceOf(IllegalStateException.class);
                assertThat(ctx.runId()).isEqualTo(MemoryRun.ID);
            });
            ctx.step("next", s -> {});
            return "";
        });
        assertThat(run.at(2).name()).isEqualTo("next");
    }

    @Test
    void another_thread_is_refused_with_what_to_do() {
        execute((ctx, in) -> {
            var seen = new AtomicReference<@Nullable Throwable>();
            var other = Thread.ofPlatform().name("other").start(() -> {
                try {
                    ctx.now();
                } catch (Throwable e) {
                    seen.set(e);
                }
            });
            other.join();
            assertThat(seen.get())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("'other'")
                    .hasMessageContaining("inside the body of a step");
            return "";
        });
        assertThat(run.written).isEmpty();
    }

    @Test
    void a_context_is_of_no_use_after_its_body() {
        var kept = new AtomicReference<@Nullable Context>();
        execute((ctx, in) -> {
            kept.set(ctx);
            return "";
        });
        assertThatThrownBy(() -> Objects.requireNonNull(kept.get()).now())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("had ended");
    }
}
