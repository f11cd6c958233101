package dev.holdfast.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Command;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.Started;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Start;
import dev.holdfast.sdk.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A burst of starts is one run, and it has the input of the last. */
final class DebounceTest {
    private static final Duration QUIET = Duration.ofSeconds(5);
    private static final Task<Integer, Integer> TASK = Task.named("t", Integer.class, Integer.class);

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    private static Handler<Integer, Integer> handler() {
        return TASK.handle((ctx, n) -> n);
    }

    private Started start(int input, @Nullable String requestId) {
        return start(input, requestId, null);
    }

    private Started start(int input, @Nullable String requestId, @Nullable Duration ttl) {
        var timing = new Command.Timing(Duration.ZERO, ttl, Duration.ZERO, new Command.Debounce("k", QUIET));
        var options = new StartRequest.Options(timing, null, List.of());
        return rig.start("t", "" + input, new StartRequest.Identity(null, requestId), options);
    }

    private void assertOutput(RunId id, int output) {
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("" + output);
    }

    @Test
    void a_burst_is_one_run_with_the_last_input() {
        rig.boot(handler());
        Started first = start(1, null);
        assertThat(first.how()).isEqualTo(Started.How.NEW);
        rig.clock.pass(Duration.ofSeconds(4));
        assertThat(start(2, null)).isEqualTo(new Started(first.id(), Started.How.POSTPONED));
        rig.clock.pass(Duration.ofSeconds(4));
        assertThat(start(3, null)).isEqualTo(new Started(first.id(), Started.How.POSTPONED));
        assertThat(rig.explain(first.id())).contains("debounce key 'k'");
        rig.clock.pass(Duration.ofMillis(4_999));
        assertThat(rig.show(first.id()).run().wasStarted()).isFalse();
        rig.clock.pass(Duration.ofMillis(1));
        assertOutput(first.id(), 3);
        Started next = start(4, null);
        assertThat(next.how()).isEqualTo(Started.How.NEW);
        rig.clock.pass(QUIET);
        assertOutput(next.id(), 4);
    }

    @Test
    void one_that_is_due_and_cannot_be_claimed_is_postponed_too() {
        Engine engine = rig.boot(handler());
        engine.change(Namespace.DEFAULT, "default", QueueChange.pause(null), null);
        Started first = start(1, null);
        rig.clock.pass(Duration.ofHours(1));
        assertThat(start(2, null).how()).isEqualTo(Started.How.POSTPONED);
        engine.change(Namespace.DEFAULT, "default", QueueChange.resume(null), null);
        rig.clock.pass(QUIET);
        assertOutput(first.id(), 2);
    }

    @Test
    void a_repeated_request_changes_nothing() {
        rig.boot(handler());
        RunId id = start(1, "a").id();
        assertThat(start(2, "b").how()).isEqualTo(Started.How.POSTPONED);
        assertThat(start(3, "c").how()).isEqualTo(Started.How.POSTPONED);
        assertThat(start(2, "b")).isEqualTo(new Started(id, Started.How.REPEATED));
        assertThat(start(1, "a")).isEqualTo(new Started(id, Started.How.REPEATED));
        assertThatThrownBy(() -> start(4, "b"))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("request_id_reused"));
        rig.clock.pass(QUIET);
        assertOutput(id, 3);
    }

    @Test
    void the_end_of_a_run_that_never_began_frees_its_key() {
        rig.boot(handler());
        RunId cancelled = start(1, null).id();
        rig.cancel(cancelled);
        rig.awaitEnd(cancelled, Outcome.CANCELLED);
        Started late = start(2, null, Duration.ofSeconds(1));
        assertThat(late.how()).isEqualTo(Started.How.NEW);
        rig.clock.pass(Duration.ofMillis(999));
        assertThat(start(3, null, Duration.ofSeconds(1)).how())
                .as("its time to live begins anew")
                .isEqualTo(Started.How.POSTPONED);
        rig.clock.pass(Duration.ofSeconds(1));
        Started next = start(4, null);
        assertThat(next.how()).as("whether or not the ticker was first").isEqualTo(Started.How.NEW);
        rig.awaitEnd(late.id(), Outcome.EXPIRED);
        rig.clock.pass(QUIET);
        assertOutput(next.id(), 4);
    }

    @Test
    void fifty_clients_and_two_crashes_are_one_run() throws Exception {
        rig.boot(handler());
        var ids = new HashSet<RunId>();
        for (int crash = 0; crash < 3; crash++) {
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var calls = new ArrayList<Callable<Started>>();
                for (int i = 0; i < 50; i++) {
                    int input = 100 * crash + i;
                    calls.add(() -> start(input, "request " + input));
                    calls.add(() -> start(input, "request " + input));
                }
                for (Future<Started> one : threads.invokeAll(calls))
                    ids.add(one.get().id());
            }
            rig.clock.pass(Duration.ofSeconds(1));
            rig.boot(handler());
        }
        start(999, null);
        assertThat(ids).hasSize(1);
        rig.clock.pass(QUIET);
        assertOutput(ids.iterator().next(), 999);
        assertThat(rig.boot(handler()).list(Namespace.DEFAULT, RunFilter.ALL, null, 9))
                .hasSize(1);
    }

    @Test
    void several_starts_at_once_are_not_debounced() {
        Engine engine = rig.boot(handler());
        var timing = new Command.Timing(Duration.ZERO, null, Duration.ZERO, new Command.Debounce("k", QUIET));
        var options = new StartRequest.Options(timing, null, List.of());
        var wish = new StartRequest(Namespace.DEFAULT, "t", "1", StartRequest.Identity.NONE, options);
        assertThatThrownBy(() -> engine.startAll(List.of(wish), null))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("debounce_invalid"));
        assertThat(engine.list(Namespace.DEFAULT, RunFilter.ALL, null, 9)).isEmpty();
    }

    @Test
    void what_cannot_be_debounced_is_refused() {
        var parent = Task.named("parent", Integer.class, Integer.class);
        rig.boot(
                handler(),
                parent.handle((ctx, n) -> ctx.call(TASK, n, Start.now().debounce("k", QUIET))));
        var client = rig.client();
        for (Start bad : List.of(
                Start.idempotent("key").debounce("k", QUIET),
                Start.now().delay(QUIET).debounce("k", QUIET),
                Start.now().debounce("k", Duration.ofNanos(1)))) {
            assertThatThrownBy(() -> client.start(TASK, 1, bad))
                    .isInstanceOfSatisfying(
                            Refused.class, e -> assertThat(e.code()).isEqualTo("debounce_invalid"));
        }
        assertThatThrownBy(() -> client.start(TASK, 1, Start.now().debounce("a\nb", QUIET)))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("name_invalid"));
        RunId child = client.start(parent, 1).id();
        assertThat(rig.awaitEnd(child, Outcome.FAILED).error())
                .satisfies(e -> assertThat(e.toString()).contains("cannot be debounced"));
    }
}
