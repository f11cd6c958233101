package dev.holdfast.testkit.engine;

import static dev.holdfast.testkit.engine.Rig.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Outcome;
import dev.holdfast.core.Retry;
import dev.holdfast.core.RunFailed;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.StepFailed;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.port.RunView;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Pending;
import dev.holdfast.sdk.Signal;
import dev.holdfast.sdk.Start;
import dev.holdfast.sdk.Task;
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

/** Runs that start runs. */
class ChildTest {
    private static final Task<Integer, Integer> PARENT = Task.named("parent", Integer.class, Integer.class);
    private static final Task<Integer, Integer> LEAVES = PARENT.giveUpAfter(Duration.ZERO);
    private static final Task<Integer, Integer> CHILD = Task.named("child", Integer.class, Integer.class);
    private static final Signal<Integer> GO = Signal.named("go", Integer.class);

    private final Rig rig = new Rig();
    private final List<String> log = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        rig.close();
    }

    private static int fib(Context ctx, int n) {
        var fib = Task.named("fib", Integer.class, Integer.class);
        return n < 2 ? n : ctx.call(fib, n - 1) + ctx.call(fib, n - 2);
    }

    @Test
    void a_call_is_a_child_and_its_result() {
        rig.boot(Task.named("fib", Integer.class, Integer.class)
                .giveUpAfter(Duration.ZERO)
                .handle(ChildTest::fib));
        RunId id = rig.start("fib", "6");
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("8");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void children_are_joined_in_the_order_given(boolean leaves) {
        rig.boot(
                (leaves ? LEAVES : PARENT).handle((ctx, n) -> {
                    var all = new ArrayList<Pending<Integer>>();
                    for (int i = 0; i < n; i++) all.add(ctx.fork(CHILD, i));
                    int sum = 0;
                    for (int each : ctx.all(all)) sum = 10 * sum + each;
                    return sum;
                }),
                CHILD.handle((ctx, i) -> ctx.step("work", Integer.class, s -> i + 1)));
        RunId id = rig.start("parent", "5");
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("12345");
        assertThat(rig.children(id)).hasSize(5);
    }

    @Test
    void a_child_is_started_once_whatever_dies() {
        var begun = new CountDownLatch(1);
        var attempts = new AtomicInteger();
        dev.holdfast.sdk.Hosted[] code = {
            PARENT.handle((ctx, n) -> {
                var child = ctx.fork(CHILD, 1);
                if (attempts.incrementAndGet() == 1) new CountDownLatch(1).await();
                return child.join();
            }),
            CHILD.handle((ctx, i) -> {
                begun.countDown();
                return ctx.await(GO);
            })
        };
        rig.boot(code);
        RunId id = rig.start("parent", "1");
        // The child may begin before its parent has come any further.
        await("both are there").atMost(Rig.LIMIT).until(() -> begun.getCount() == 0 && attempts.get() == 1);
        rig.boot(code);
        await("parent again").atMost(Rig.LIMIT).until(() -> attempts.get() == 2);
        assertThat(rig.children(id)).hasSize(1);
        rig.signal(rig.children(id).getFirst().run().id(), "go", "7");
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("7");
    }

    @Test
    void a_child_that_fails_is_a_failure_where_it_is_joined_and_the_next_attempt_starts_another() {
        rig.boot(
                PARENT.retry(Retry.fixed(2, Duration.ZERO)).handle((ctx, n) -> ctx.call(CHILD, ctx.attempt())),
                CHILD.retry(Retry.none()).handle((ctx, attempt) -> {
                    if (attempt == 1) throw new IllegalStateException("not the first");
                    return attempt;
                }));
        RunId id = rig.start("parent", "1");
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("2");
        assertThat(rig.children(id)).hasSize(2);
    }

    @Test
    void what_is_known_of_a_failed_child_can_be_caught() {
        rig.boot(
                PARENT.handle((ctx, n) -> {
                    try {
                        return ctx.call(CHILD, 1);
                    } catch (RunFailed e) {
                        log.add(e.outcome() + " " + e.error().message());
                        return -1;
                    }
                }),
                CHILD.retry(Retry.none()).handle((ctx, i) -> {
                    throw new IllegalStateException("broken");
                }));
        RunId id = rig.start("parent", "1");
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("-1");
        assertThat(log).containsExactly("FAILED broken");
    }

    @Test
    void a_child_that_cannot_be_started_is_a_step_that_failed() {
        rig.boot(PARENT.handle((ctx, n) -> {
            try {
                return ctx.call(CHILD, 1);
            } catch (StepFailed e) {
                return e.error().code().equals("task_unknown") ? 1 : 2;
            }
        }));
        assertThat(rig.awaitEnd(rig.start("parent", "1"), Outcome.SUCCEEDED).output())
                .isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void children_end_with_their_parent_unless_they_are_detached(boolean leaves) {
        rig.boot(
                (leaves ? LEAVES : PARENT).handle((ctx, n) -> {
                    ctx.fork(CHILD, 1);
                    ctx.fork(CHILD, 2, Start.now().detached());
                    return ctx.call(CHILD, 3);
                }),
                CHILD.handle((ctx, i) -> {
                    ctx.step("charge", s -> log.add("charge " + i));
                    try {
                        return ctx.await(GO);
                    } catch (Unwind.Cancelled e) {
                        ctx.step("refund", s -> log.add("refund " + i));
                        throw e;
                    }
                }));
        RunId id = rig.start("parent", "1");
        await("children wait")
                .atMost(Rig.LIMIT)
                .until(() -> rig.children(id).size() == 3
                        && rig.children(id).stream().allMatch(c -> c.run().state() == RunState.BLOCKED));
        rig.cancel(id);
        rig.awaitEnd(id, Outcome.CANCELLED);
        List<RunView> children = rig.children(id);
        rig.awaitEnd(children.get(0).run().id(), Outcome.CANCELLED);
        rig.awaitEnd(children.get(2).run().id(), Outcome.CANCELLED);
        assertThat(log).contains("refund 1", "refund 3").doesNotContain("refund 2");
        assertThat(rig.show(children.get(1).run().id()).run().state()).isEqualTo(RunState.BLOCKED);
        rig.signal(children.get(1).run().id(), "go", "2");
        rig.awaitEnd(children.get(1).run().id(), Outcome.SUCCEEDED);
        await("nothing is left to do")
                .atMost(Rig.LIMIT)
                .until(() -> rig.store().ledger().reads().inbox(id).isEmpty());
    }

    @Test
    void the_first_child_wins_and_the_others_are_cancelled_with_the_end() {
        rig.boot(
                LEAVES.handle((ctx, n) -> {
                    var slow = ctx.fork(CHILD, 1);
                    var quick = ctx.fork(CHILD, 2);
                    return ctx.any(List.of(slow, quick)).join();
                }),
                CHILD.handle((ctx, i) -> ctx.await(GO)));
        RunId id = rig.start("parent", "1");
        rig.awaitGivenUp(id);
        var children = rig.children(id);
        rig.signal(children.get(1).run().id(), "go", "22");
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("22");
        rig.awaitEnd(children.get(0).run().id(), Outcome.CANCELLED);
    }

    @Test
    void a_child_may_be_a_run_that_somebody_else_has_started() {
        rig.boot(
                LEAVES.handle((ctx, n) -> ctx.call(CHILD, 1, Start.idempotent("k"))),
                CHILD.handle((ctx, i) -> ctx.await(GO)));
        RunId other = rig.start("child", "9", new StartRequest.Identity("k", null), StartRequest.Options.NONE)
                .id();
        RunId id = rig.start("parent", "1");
        rig.awaitGivenUp(id);
        assertThat(rig.children(id)).isEmpty();
        rig.signal(other, "go", "5");
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("5");
    }

    @Test
    void a_hundred_children_wake_their_parent_once() {
        rig.boot(
                LEAVES.handle((ctx, n) -> {
                    log.add("called");
                    var all = new ArrayList<Pending<Integer>>();
                    for (int i = 0; i < 100; i++) all.add(ctx.fork(CHILD, i));
                    return ctx.all(all).size();
                }),
                CHILD.giveUpAfter(Duration.ZERO).handle((ctx, i) -> ctx.await(GO)));
        RunId id = rig.start("parent", "1");
        rig.awaitGivenUp(id);
        for (RunView child : rig.children(id)) rig.signal(child.run().id(), "go", "1");
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("100");
        assertThat(log).hasSize(2);
    }
}
