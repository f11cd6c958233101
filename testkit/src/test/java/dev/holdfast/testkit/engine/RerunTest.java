package dev.holdfast.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Retry;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepRecord;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.Started;
import dev.holdfast.engine.port.RunView;
import dev.holdfast.sdk.Hosted;
import dev.holdfast.sdk.Signal;
import dev.holdfast.sdk.Task;
import dev.holdfast.sdk.Unwind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A run that does again what another one has done. */
class RerunTest {
    private static final Task<Integer, Integer> TASK = Task.named("order", Integer.class, Integer.class)
            .retry(Retry.none())
            .giveUpAfter(Duration.ZERO);
    private static final Signal<Integer> GO = Signal.named("go", Integer.class);

    private final Rig rig = new Rig();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final AtomicBoolean broken = new AtomicBoolean(true);

    @AfterEach
    void close() {
        rig.close();
    }

    /** It reserves, waits for a signal, charges, and ships; it cannot be shipped at first. */
    private Hosted order() {
        return TASK.handle((ctx, n) -> {
            int reserved = step(ctx, "reserve", n);
            int paid = ctx.await(GO);
            int charged = step(ctx, "charge", paid);
            if (broken.get()) throw new IllegalStateException("no lorry");
            return reserved + charged + step(ctx, "ship", 1000);
        });
    }

    private int step(dev.holdfast.sdk.Context ctx, String name, int value) {
        return ctx.step(name, Integer.class, s -> {
            log.add(name);
            return value;
        });
    }

    private RunId failed() {
        RunId id = rig.start("order", "5");
        rig.awaitGivenUp(id);
        rig.signal(id, "go", "70");
        rig.awaitEnd(id, Outcome.FAILED);
        assertThat(log).containsExactly("reserve", "charge");
        log.clear();
        broken.set(false);
        return id;
    }

    private RunId rerun(Engine engine, RunId id, @Nullable String from) {
        Started started = engine.rerun(Namespace.DEFAULT, id, from, null);
        assertThat(started.how()).isEqualTo(Started.How.NEW);
        assertThat(started.id()).isNotEqualTo(id);
        return started.id();
    }

    @Test
    void what_was_recorded_before_a_step_is_taken_over_and_the_rest_is_done_again() {
        var engine = rig.boot(order());
        RunId old = failed();

        RunId id = rerun(engine, old, "3");
        RunView view = rig.awaitEnd(id, Outcome.SUCCEEDED);
        assertThat(view.output()).isEqualTo("1075");
        assertThat(log).containsExactly("charge", "ship");
        assertThat(view.steps())
                .extracting(StepRecord::name)
                .containsExactly("random", "reserve", "await go", "charge", "ship");
        assertThat(view.snapshots().getFirst().cause()).isEqualTo("start: rerun of " + old + " from step 3");
        assertThat(view.run().origin().rerun()).isNotNull();
        // The old one stays as it is.
        assertThat(rig.show(old).run().status().outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void a_step_can_be_called_by_its_name_and_what_is_taken_over_survives_the_node() {
        var engine = rig.boot(order());
        RunId old = failed();
        broken.set(true);
        RunId id = rerun(engine, old, "charge");
        rig.awaitEnd(id, Outcome.FAILED);
        broken.set(false);
        // A rerun of a rerun, by the next node.
        RunId next = rerun(rig.boot(order()), id, "charge");
        assertThat(rig.awaitEnd(next, Outcome.SUCCEEDED).output()).isEqualTo("1075");
        assertThat(log).containsExactly("charge", "charge", "ship");
    }

    @Test
    void without_a_step_everything_is_done_again() {
        var engine = rig.boot(order());
        RunId id = rerun(engine, failed(), null);
        rig.awaitGivenUp(id);
        rig.signal(id, "go", "1");
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("1006");
        assertThat(log).containsExactly("reserve", "charge", "ship");
    }

    @Test
    void a_repeated_request_makes_one_run() {
        var engine = rig.boot(order());
        RunId old = failed();
        Started first = engine.rerun(Namespace.DEFAULT, old, "3", "once");
        Started again = engine.rerun(Namespace.DEFAULT, old, "3", "once");
        assertThat(again).isEqualTo(new Started(first.id(), Started.How.REPEATED));
        assertThatThrownBy(() -> engine.rerun(Namespace.DEFAULT, old, "1", "once"))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("request_id_reused"));
    }

    @Test
    void a_repeated_request_is_answered_when_the_old_run_is_gone() {
        var engine = rig.boot(order());
        RunId old = failed();
        Started first = engine.rerun(Namespace.DEFAULT, old, "3", "once");
        rig.awaitEnd(first.id(), Outcome.SUCCEEDED);
        engine.delete(Namespace.DEFAULT, old, null);
        Started again = engine.rerun(Namespace.DEFAULT, old, "3", "once");
        assertThat(again).isEqualTo(new Started(first.id(), Started.How.REPEATED));
        assertThatThrownBy(() -> engine.rerun(Namespace.DEFAULT, old, "3", "twice"))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("run_unknown"));
    }

    @Test
    void a_step_that_is_not_there_is_refused() {
        var engine = rig.boot(order());
        RunId old = failed();
        assertThatThrownBy(() -> engine.rerun(Namespace.DEFAULT, old, "pack", null))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("step_unknown"));
    }

    @Test
    void what_only_compensates_is_not_taken_over() {
        var engine = rig.boot(TASK.handle((ctx, n) -> {
            step(ctx, "reserve", n);
            try {
                return ctx.await(GO);
            } catch (Unwind.Cancelled e) {
                step(ctx, "release", n);
                throw e;
            }
        }));
        RunId old = rig.start("order", "5");
        rig.awaitGivenUp(old);
        rig.cancel(old);
        rig.awaitEnd(old, Outcome.CANCELLED);
        assertThatThrownBy(() -> engine.rerun(Namespace.DEFAULT, old, "release", null))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("step_cancelled"));
        // From where it was cancelled, it waits again.
        RunId id = rerun(engine, old, "2");
        rig.awaitGivenUp(id);
        rig.signal(id, "go", "3");
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("3");
        assertThat(log).containsExactly("reserve", "release");
    }

    @Test
    void the_numbers_of_ctx_random_before_the_step_are_those_of_the_old_run() {
        var engine = rig.boot(TASK.handle((ctx, n) -> {
            int drawn = ctx.random().nextInt(1_000_000);
            int recorded = step(ctx, "first", drawn);
            step(ctx, "second", n);
            return drawn == recorded ? 1 : 0;
        }));
        RunId old = rig.start("order", "5");
        assertThat(rig.awaitEnd(old, Outcome.SUCCEEDED).output()).isEqualTo("1");
        RunId id = rerun(engine, old, "second");
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("1");
        // Also in a rerun of the rerun.
        assertThat(rig.awaitEnd(rerun(engine, id, "second"), Outcome.SUCCEEDED).output())
                .isEqualTo("1");
    }

    @Test
    void a_token_that_would_be_completed_for_the_old_run_is_not_taken_over() {
        var opened = new CopyOnWriteArrayList<String>();
        var engine = rig.boot(TASK.handle((ctx, n) -> {
            var token = ctx.token("paid", Integer.class, Duration.ofDays(1));
            opened.add(token.id());
            step(ctx, "ask", n);
            int paid = token.await().orElse(-1);
            return step(ctx, "ship", paid);
        }));
        RunId old = rig.start("order", "5");
        rig.awaitGivenUp(old);
        assertThatThrownBy(() -> engine.rerun(Namespace.DEFAULT, old, "ask", null))
                .isInstanceOfSatisfying(Refused.class, e -> {
                    assertThat(e.code()).isEqualTo("token_open");
                    assertThat(e).hasMessageContaining("begin with step 1");
                });
        // One that opens its own has that.
        RunId id = rerun(engine, old, "token paid");
        rig.awaitGivenUp(id);
        rig.complete(opened.getLast(), "7");
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("7");
        // And a value that was there before the step is taken over.
        assertThat(rig.awaitEnd(rerun(engine, id, "ship"), Outcome.SUCCEEDED).output())
                .isEqualTo("7");
    }
}
