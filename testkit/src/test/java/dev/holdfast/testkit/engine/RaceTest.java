package dev.holdfast.testkit.engine;

import static dev.holdfast.testkit.engine.Rig.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Retry;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.StepFailed;
import dev.holdfast.core.StepRecord.Status;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Write;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Hosted;
import dev.holdfast.sdk.Pending;
import dev.holdfast.sdk.Signal;
import dev.holdfast.sdk.Start;
import dev.holdfast.sdk.Step;
import dev.holdfast.sdk.Task;
import dev.holdfast.sdk.Unwind;
import dev.holdfast.testkit.SeededIds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What comes together and must not: messages and give-ups, cancels and joins, ends and removals. */
class RaceTest {
    private static final Task<Integer, Integer> PARENT = Task.named("parent", Integer.class, Integer.class);
    private static final Task<Integer, Integer> LEAVES = PARENT.giveUpAfter(Duration.ZERO);
    private static final Task<Integer, Integer> CHILD =
            Task.named("child", Integer.class, Integer.class).giveUpAfter(Duration.ZERO);
    private static final Signal<Integer> GO = Signal.named("go", Integer.class);
    private static final Signal<Integer> APPROVED = Signal.named("approved", Integer.class);
    private static final Duration LONG = Duration.ofDays(7);

    private final Rig rig = new Rig();
    private final List<String> log = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void signals_that_come_together_are_kept_once() throws Exception {
        var got = new CopyOnWriteArrayList<Integer>();
        rig.boot(PARENT.handle((ctx, n) -> {
            ctx.sleep(LONG);
            int count = 0;
            while (true) {
                Optional<Integer> next = ctx.await(GO, Duration.ZERO);
                if (next.isEmpty()) return count;
                got.add(next.get());
                count++;
            }
        }));
        RunId id = rig.start("parent", "1");
        rig.awaitGivenUp(id);
        var threads = new ArrayList<Thread>();
        var refused = new CopyOnWriteArrayList<String>();
        for (int t = 0; t < 8; t++) {
            int from = 50 * t;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = from; i < from + 50; i++) {
                    try {
                        rig.signal(id, "go", Integer.toString(i));
                    } catch (Refused e) {
                        refused.add(e.code());
                    }
                }
            }));
        }
        for (Thread thread : threads) thread.join();
        await("all are taken in")
                .atMost(Rig.LIMIT)
                .until(() -> rig.store().ledger().reads().inbox(id).isEmpty());
        rig.clock.pass(LONG);
        rig.awaitEnd(id, Outcome.SUCCEEDED);
        assertThat(refused).isEmpty();
        assertThat(new TreeSet<>(got)).hasSize(400);
        assertThat(got).hasSize(400);
    }

    @Test
    void a_compensation_whose_wait_ends_while_it_leaves_goes_on() {
        rig.boot(LEAVES.handle((ctx, n) -> {
            ctx.step("charge", s -> log.add("charge"));
            try {
                return ctx.await(GO);
            } catch (Unwind.Cancelled e) {
                try {
                    ctx.await(APPROVED);
                } finally {
                    // Comes while the code is being left.
                    if (!log.contains("sent")) {
                        log.add("sent");
                        rig.signal(ctx.runId(), "approved", "1");
                    }
                }
                ctx.step("refund", s -> log.add("refund"));
                throw e;
            }
        }));
        RunId id = rig.start("parent", "1");
        rig.awaitGivenUp(id);
        rig.cancel(id);
        rig.awaitEnd(id, Outcome.CANCELLED);
        assertThat(log).containsExactly("charge", "sent", "refund");
    }

    @Test
    void a_cancel_is_delivered_to_one_of_several_in_every_replay() {
        var calls = new AtomicInteger();
        Hosted[] code = {
            PARENT.handle((ctx, n) -> {
                calls.incrementAndGet();
                var a = ctx.fork(CHILD, 1);
                var b = ctx.fork(CHILD, 2);
                try {
                    ctx.all(List.of(a, b));
                    return 0;
                } catch (Unwind.Cancelled e) {
                    int value = b.join();
                    ctx.step("refund", s -> log.add("refund " + value));
                    throw e;
                }
            }),
            CHILD.handle((ctx, i) -> ctx.await(GO))
        };
        rig.boot(code);
        RunId id = rig.start("parent", "1");
        await("children wait")
                .atMost(Rig.LIMIT)
                .until(() -> rig.children(id).size() == 2
                        && rig.children(id).stream().allMatch(c -> c.run().isGivenUp()));
        rig.awaitState(id, RunState.BLOCKED);
        rig.cancel(id);
        // It is replayed to compensate, waits for the other child, and is given up for that.
        rig.awaitGivenUp(id);
        assertThat(calls).hasValue(2);
        assertThat(Rig.statuses(rig.show(id))).containsExactly(Status.CANCELLED, Status.PENDING);
        rig.boot(code);
        rig.signal(rig.children(id).get(1).run().id(), "go", "2");
        rig.awaitEnd(id, Outcome.CANCELLED);
        assertThat(calls).hasValue(3);
        assertThat(log).containsExactly("refund 2");
    }

    private static void block() throws InterruptedException {
        new CountDownLatch(1).await();
    }

    /** Interrupts or not. */
    private static void awaitThrough(CountDownLatch latch) {
        while (true) {
            try {
                if (latch.await(Rig.LIMIT.toSeconds(), TimeUnit.SECONDS)) return;
                throw new AssertionError("what the code waits for did not come within " + Rig.LIMIT);
            } catch (InterruptedException e) {
                // On purpose: it is not what was waited for.
            }
        }
    }

    private static boolean isWaiting(Thread thread) {
        return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
    }

    @Test
    void nobody_executes_beside_a_compensation_that_began_at_a_join() {
        var begun = new CountDownLatch(2);
        var interrupted = new CountDownLatch(1);
        var told = new CountDownLatch(1);
        var compensates = new CountDownLatch(1);
        rig.boot(PARENT.handle((ctx, n) -> {
            Thread body = Thread.currentThread();
            var a = ctx.fork(Step.named("a", Integer.class), s -> {
                begun.countDown();
                block();
                return 1;
            });
            ctx.fork(Step.named("b", Integer.class), s -> {
                begun.countDown();
                try {
                    block();
                    return 1;
                } catch (InterruptedException e) {
                    interrupted.countDown();
                    try {
                        compensates.await(Rig.LIMIT.toSeconds(), TimeUnit.SECONDS);
                    } catch (InterruptedException byTheJoin) {
                        await("the body waits, or goes on")
                                .atMost(Rig.LIMIT)
                                .until(() -> isWaiting(body) || compensates.getCount() == 0);
                    }
                    log.add("b has left");
                    throw e;
                }
            });
            awaitThrough(told);
            try {
                return a.join();
            } catch (Unwind.Cancelled e) {
                log.add("compensates");
                compensates.countDown();
                throw e;
            }
        }));
        RunId id = rig.start("parent", "1");
        await("begun").atMost(Rig.LIMIT).until(() -> begun.getCount() == 0);
        rig.cancel(id);
        await("a is told")
                .atMost(Rig.LIMIT)
                .until(() -> Rig.statuses(rig.show(id)).contains(Status.CANCELLED));
        awaitThrough(interrupted);
        told.countDown();
        rig.awaitEnd(id, Outcome.CANCELLED);
        assertThat(log).containsExactly("b has left", "compensates");
    }

    /** Takes no notice of a cancel until it is interrupted again. */
    private Integer swallows(Context ctx) {
        for (int interrupts = 0; interrupts < 2; interrupts++) {
            try {
                block();
            } catch (InterruptedException e) {
                log.add("interrupted");
            }
        }
        try {
            ctx.step("next", s -> log.add("next"));
            return 1;
        } catch (Unwind.Cancelled e) {
            log.add("compensates");
            throw e;
        }
    }

    private void assertCancelReaches(Task.Body<Integer, Integer> code, CountDownLatch begun) {
        rig.boot(PARENT.handle(code));
        RunId id = rig.start("parent", "1");
        await("begun").atMost(Rig.LIMIT).until(() -> begun.getCount() == 0);
        rig.cancel(id);
        await("compensates").atMost(Duration.ofSeconds(10)).until(() -> log.contains("compensates"));
    }

    @Test
    void code_that_swallows_an_interrupt_gets_another_one() {
        var begun = new CountDownLatch(1);
        assertCancelReaches(
                (ctx, n) -> {
                    begun.countDown();
                    return swallows(ctx);
                },
                begun);
    }

    @Test
    void code_that_swallows_an_interrupt_gets_another_one_also_if_a_step_beside_was_told() {
        var begun = new CountDownLatch(2);
        assertCancelReaches(
                (ctx, n) -> {
                    ctx.fork(Step.named("a", Integer.class), s -> {
                        begun.countDown();
                        block();
                        return 1;
                    });
                    begun.countDown();
                    return swallows(ctx);
                },
                begun);
    }

    private Hosted failsOnce(Start how) {
        return PARENT.retry(Retry.fixed(2, Duration.ZERO)).handle((ctx, n) -> {
            try {
                return ctx.step(Step.named("work", Integer.class).retry(Retry.none()), s -> {
                    if (ctx.attempt() == 1) throw new IllegalStateException("not the first");
                    return 1;
                });
            } catch (StepFailed e) {
                ctx.fork(CHILD, 1, how);
                throw e;
            }
        });
    }

    @Test
    void a_run_of_somebody_else_is_not_cancelled_by_an_attempt_that_fails() {
        rig.boot(failsOnce(Start.idempotent("k")), CHILD.handle((ctx, i) -> ctx.await(GO)));
        RunId other = rig.start("child", "9", new StartRequest.Identity("k", null), StartRequest.Options.NONE)
                .id();
        rig.awaitGivenUp(other);
        RunId id = rig.start("parent", "1");
        rig.awaitEnd(id, Outcome.SUCCEEDED);
        rig.signal(other, "go", "5");
        rig.awaitEnd(other, Outcome.SUCCEEDED);
    }

    @Test
    void a_detached_child_is_not_cancelled_by_an_attempt_that_fails() {
        rig.boot(failsOnce(Start.now().detached()), CHILD.handle((ctx, i) -> ctx.await(GO)));
        RunId id = rig.start("parent", "1");
        rig.awaitEnd(id, Outcome.SUCCEEDED);
        RunId child = rig.children(id).getFirst().run().id();
        rig.signal(child, "go", "5");
        rig.awaitEnd(child, Outcome.SUCCEEDED);
    }

    @Test
    void children_of_a_parent_that_is_deleted_at_once_end_too() {
        rig.slots(1);
        var engine = rig.boot(
                PARENT.handle((ctx, n) -> {
                    for (int i = 0; i < n; i++) ctx.fork(CHILD, i);
                    return n;
                }),
                CHILD.handle((ctx, i) -> ctx.await(GO)));
        RunId id = rig.start("parent", "600");
        await("the parent has ended")
                .atMost(Rig.LIMIT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> rig.show(id).run().isFinished());
        engine.delete(Namespace.DEFAULT, id, null);
        await("all children have ended")
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(
                                rig.children(id).stream().filter(c -> !c.run().isFinished()))
                        .isEmpty());
    }

    @Test
    void a_compensation_may_call_a_child_when_all_slots_are_taken() {
        rig.slots(1);
        rig.boot(
                PARENT.handle((ctx, n) -> {
                    ctx.step("charge", s -> log.add("charge"));
                    try {
                        return ctx.await(GO);
                    } catch (Unwind.Cancelled e) {
                        ctx.call(CHILD, 1);
                        throw e;
                    }
                }),
                CHILD.handle((ctx, i) -> ctx.step("refund", Integer.class, s -> {
                    log.add("refund");
                    return 1;
                })));
        RunId id = rig.start("parent", "1");
        rig.awaitState(id, RunState.BLOCKED);
        rig.cancel(id);
        await("the child is started")
                .atMost(Rig.LIMIT)
                .until(() -> rig.children(id).size() == 1);
        // Its patience, but not its budget.
        rig.clock.pass(Duration.ofSeconds(30));
        await("refunded").atMost(Duration.ofSeconds(10)).until(() -> log.contains("refund"));
    }

    /** A value that cannot be written because memory ran out meanwhile. */
    record Heavy(int size) {
        @Override
        public int size() {
            throw new OutOfMemoryError("for the test");
        }
    }

    @Test
    void a_step_beside_that_breaks_beyond_its_body_does_not_block_the_run_for_ever() {
        rig.boot(LEAVES.handle((ctx, n) -> {
            Pending<Heavy> heavy = ctx.fork(Step.named("heavy", Heavy.class), s -> new Heavy(1));
            heavy.join();
            return 1;
        }));
        RunId id = rig.start("parent", "1");
        await("it ends, because it is taken for the reason").atMost(Rig.LIMIT).until(() -> {
            rig.clock.pass(Duration.ofMinutes(1));
            return rig.show(id).run().isFinished();
        });
    }

    @Test
    void a_completion_that_is_repeated_after_the_end_is_answered_as_before() {
        var token = new CopyOnWriteArrayList<String>();
        rig.boot(PARENT.handle((ctx, n) -> {
            var open = ctx.token("approval", Integer.class, LONG);
            token.add(open.id());
            return open.await().orElse(0);
        }));
        RunId id = rig.start("parent", "1");
        rig.awaitState(id, RunState.BLOCKED);
        var client = rig.client();
        client.complete(token.getFirst(), 7, "once");
        rig.awaitEnd(id, Outcome.SUCCEEDED);
        client.complete(token.getFirst(), 7, "once");
    }

    @Test
    void a_signal_that_is_sent_again_with_its_request_id_is_one_signal() {
        rig.boot(LEAVES.handle((ctx, n) -> {
            int sum = 0;
            for (int i = 0; i < n; i++) sum += ctx.await(GO);
            return sum;
        }));
        RunId id = rig.start("parent", "2");
        var run = rig.client().run(id, PARENT);
        run.signal(GO, 1, "once");
        run.signal(GO, 1, "once");
        run.signal(GO, 10, "again");
        rig.awaitEnd(id, Outcome.SUCCEEDED);
        assertThat(rig.show(id).output()).isEqualTo("11");
    }

    @Test
    void the_budget_of_a_compensation_is_not_spent_while_nobody_executes_it() {
        rig.slots(1);
        var busy = new CountDownLatch(1);
        rig.boot(
                LEAVES.handle((ctx, n) -> {
                    ctx.step("charge", s -> log.add("charge"));
                    try {
                        return ctx.await(GO);
                    } catch (Unwind.Cancelled e) {
                        ctx.step("refund", s -> log.add("refund"));
                        throw e;
                    }
                }),
                CHILD.handle((ctx, i) -> ctx.step("long", Integer.class, s -> {
                    busy.await();
                    return i;
                })));
        RunId id = rig.start("parent", "1");
        rig.awaitGivenUp(id);
        rig.awaitState(rig.start("child", "1"), RunState.RUNNING);
        rig.cancel(id);
        rig.awaitState(id, RunState.QUEUED);
        // The sweep that ends this one would end the other one too.
        var brief = new Command.Timing(Duration.ZERO, Duration.ofSeconds(1), Duration.ZERO);
        RunId swept = rig.start(
                        "child", "2", StartRequest.Identity.NONE, new StartRequest.Options(brief, null, List.of()))
                .id();
        rig.clock.pass(Defaults.COMPENSATION_BUDGET.plusSeconds(1));
        rig.awaitEnd(swept, Outcome.EXPIRED);
        busy.countDown();
        rig.awaitEnd(id, Outcome.CANCELLED);
        assertThat(log).containsExactly("charge", "refund");
    }

    @Test
    void what_is_to_be_compensated_by_code_that_is_gone_is_cancelled_at_once() {
        var first = rig.boot(LEAVES.handle((ctx, n) -> {
            ctx.step("charge", s -> log.add("charge"));
            return ctx.await(GO);
        }));
        RunId id = rig.start("parent", "1");
        rig.awaitGivenUp(id);
        // A zombie would still have the code, and may decide about what nobody holds.
        first.close();
        rig.boot(CHILD.handle((ctx, i) -> i));
        rig.cancel(id);
        rig.awaitEnd(id, Outcome.CANCELLED);
    }

    @Test
    void a_run_that_asks_for_its_own_business_key_does_not_wait_for_itself() {
        rig.boot(LEAVES.handle((ctx, n) -> n == 0 ? 0 : ctx.call(PARENT, n - 1, Start.idempotent("k"))));
        RunId id = rig.start("parent", "1", new StartRequest.Identity("k", null), StartRequest.Options.NONE)
                .id();
        await("it ends, or waits").atMost(Rig.LIMIT).until(() -> {
            var run = rig.show(id).run();
            return run.isFinished() || run.isGivenUp();
        });
        assertThat(rig.explain(id)).doesNotContain("for the end of " + id);
    }

    @Test
    void a_completion_that_was_accepted_in_time_is_not_timed_out() {
        var token = new CopyOnWriteArrayList<String>();
        rig.boot(LEAVES.handle((ctx, n) -> {
            var open = ctx.token("approval", Integer.class, LONG);
            token.add(open.id());
            return open.await().orElse(0);
        }));
        RunId id = rig.start("parent", "1");
        rig.awaitGivenUp(id);
        // Stored, and whoever has stored it dies before it could tell anybody. The time comes before the next look.
        var ids = new SeededIds(7, rig.clock);
        var receipt = new CompletableFuture<Receipt>();
        rig.ledger().atNextLook(() -> {
            receipt.complete(rig.store()
                    .ledger()
                    .commit(new Change(
                            ids.next(),
                            id,
                            new Expect.Alive(),
                            null,
                            List.of(
                                    new Write.CompleteToken(token.getFirst()),
                                    new Write.Post(id, Message.token(ids.next(), token.getFirst(), "7"))))));
            rig.clock.pass(LONG);
        });
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("7");
        assertThat(receipt.join()).isInstanceOf(Receipt.Applied.class);
    }

    @Test
    void all_children_are_cancelled_also_if_many_of_them_take_their_time() {
        var release = new CountDownLatch(1);
        rig.boot(
                LEAVES.handle((ctx, n) -> {
                    for (int i = 0; i < n; i++) ctx.fork(CHILD, i);
                    return ctx.await(GO);
                }),
                CHILD.handle((ctx, i) -> {
                    ctx.step("charge", s -> log.add("charge"));
                    try {
                        return ctx.await(GO);
                    } catch (Unwind.Cancelled e) {
                        ctx.step("refund", s -> release.await());
                        throw e;
                    }
                }));
        RunId id = rig.start("parent", "300");
        await("children wait")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> rig.children(id).size() == 300
                        && rig.children(id).stream().allMatch(c -> c.run().isGivenUp()));
        rig.signal(id, "go", "1");
        rig.awaitEnd(id, Outcome.SUCCEEDED);
        await("all children are told")
                .atMost(Rig.LIMIT)
                .pollInterval(Duration.ofMillis(300))
                .until(() -> rig.children(id).stream()
                        .allMatch(c -> c.run().isFinished() || c.run().status().cancelled()));
        release.countDown();
    }
}
