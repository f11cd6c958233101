package dev.holdfast.testkit.engine;

import static dev.holdfast.testkit.engine.Rig.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Outcome;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.sdk.Signal;
import dev.holdfast.sdk.Task;
import dev.holdfast.sdk.Unwind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The engine while its ledger cannot be written, or does not say whether it has written. */
final class LedgerTroubleTest {
    private static final Task<Integer, Integer> TASK = Task.named("task", Integer.class, Integer.class);

    private final Rig rig = new Rig().grace(Duration.ofMillis(200));
    private final CountDownLatch go = new CountDownLatch(1);
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CompletableFuture<Thread> waits = new CompletableFuture<>();

    @AfterEach
    void close() {
        rig.ledger().full(false);
        rig.close();
    }

    /** The message is stored; who applies it, this thread or the ticker, is not told that it did. */
    private void cancelUnanswered(RunId id) {
        rig.ledger().loseTheAnswer(run -> run.state() == RunState.STOPPING);
        try {
            rig.cancel(id);
        } catch (Unavailable unknown) {
            assertThat(unknown.indeterminate()).isTrue();
        }
    }

    private void awaitFull(RunId id) throws Exception {
        Thread attempt = waits.get(20, TimeUnit.SECONDS);
        await(id + " waits for the ledger")
                .atMost(Rig.LIMIT)
                .until(() ->
                        attempt.getState() == Thread.State.WAITING || attempt.getState() == Thread.State.TIMED_WAITING);
    }

    /** Its disk is full when its step has executed. */
    private Engine bootFilling() {
        return rig.boot(TASK.handle((ctx, n) -> ctx.step("a", Integer.class, s -> {
            rig.ledger().full(true);
            waits.complete(Thread.currentThread());
            return n;
        })));
    }

    @Test
    void a_run_waits_for_the_disk_and_goes_on_when_there_is_space() throws Exception {
        bootFilling();
        RunId id = rig.start("task", "1");
        awaitFull(id);
        rig.ledger().full(false);
        var view = rig.awaitEnd(id, Outcome.SUCCEEDED);
        assertThat(Rig.steps(view)).containsExactly("1 a DONE e1");
        assertThat(view.run().tries().attempt()).as("it cost the run nothing").isEqualTo(1);
    }

    @Test
    void a_close_ends_although_an_attempt_waits_for_a_full_disk() throws Exception {
        var engine = bootFilling();
        awaitFull(rig.start("task", "1"));
        var closed = CompletableFuture.runAsync(engine::close);
        assertThat(closed).succeedsWithin(Rig.LIMIT);
    }

    @Test
    void a_close_reaches_every_attempt_although_the_disk_is_full() throws Exception {
        var executing = new CountDownLatch(3);
        var interrupted = new AtomicInteger();
        var engine = rig.boot(TASK.handle((ctx, n) -> ctx.step("a", Integer.class, s -> {
            executing.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                interrupted.incrementAndGet();
                throw e;
            }
            return n;
        })));
        for (int i = 0; i < 3; i++) rig.start("task", "1");
        executing.await();
        rig.ledger().full(true);
        engine.close();
        await("every attempt is asked to leave").until(() -> interrupted.get() == 3);
    }

    @Test
    void a_run_whose_stop_was_written_without_an_answer_ends_all_the_same() throws Exception {
        rig.boot(TASK.handle((ctx, n) -> ctx.step("a", Integer.class, s -> {
            reached.countDown();
            go.await();
            return n;
        })));
        RunId id = rig.start("task", "1");
        reached.await();
        cancelUnanswered(id);
        go.countDown();
        rig.awaitEnd(id, Outcome.CANCELLED);
    }

    @Test
    void a_cancel_that_was_written_without_an_answer_reaches_the_code_and_its_compensation() throws Exception {
        var refunded = new CountDownLatch(1);
        rig.boot(TASK.handle((ctx, n) -> {
            try {
                return ctx.step("a", Integer.class, s -> {
                    reached.countDown();
                    go.await();
                    return n;
                });
            } catch (Unwind.Cancelled cancelled) {
                ctx.step("refund", s -> refunded.countDown());
                throw cancelled;
            }
        }));
        RunId id = rig.start("task", "1");
        reached.await();
        cancelUnanswered(id);
        rig.awaitEnd(id, Outcome.CANCELLED);
        assertThat(refunded.getCount()).isZero();
    }

    @Test
    void a_step_that_was_written_without_an_answer_is_not_lost_and_the_run_is_not_blamed() throws Exception {
        var calls = new AtomicInteger();
        rig.boot(TASK.handle((ctx, n) -> {
            int a = ctx.step("a", Integer.class, s -> calls.incrementAndGet());
            return a + ctx.step("b", Integer.class, s -> 10);
        }));
        rig.ledger().loseTheAnswer(run -> run.isFinished());
        RunId id = rig.start("task", "1");
        var view = rig.awaitEnd(id, Outcome.SUCCEEDED);
        assertThat(view.output()).isEqualTo("11");
        assertThat(view.run().tries().losses()).isZero();
    }

    @Test
    void a_claim_that_was_told_of_and_then_failed_keeps_no_slot_and_its_run_goes_on() {
        var calls = new AtomicInteger();
        rig.slots(1).inCluster().boot(TASK.handle((ctx, n) -> calls.incrementAndGet()));
        rig.ledger().loseTheClaim();
        var view = rig.awaitEnd(rig.start("task", "1"), Outcome.SUCCEEDED);
        assertThat(view.run().tries().losses()).isZero();
        assertThat(calls.get()).isEqualTo(1);
    }

    @Test
    void what_is_on_its_way_here_is_not_given_back_however_long_it_takes() {
        var calls = new AtomicInteger();
        rig.inCluster().boot(TASK.handle((ctx, n) -> calls.incrementAndGet()));
        rig.ledger().answerTheClaimAfterLooks(5);
        var view = rig.awaitEnd(rig.start("task", "1"), Outcome.SUCCEEDED);
        assertThat(calls.get()).isEqualTo(1);
        assertThat(view.run().fence().epoch()).as("of a claim and an end").isEqualTo(2);
    }

    @Test
    void what_cannot_be_read_of_several_runs_at_once_is_read_of_each_and_nobody_is_blamed() {
        var dead = new AtomicBoolean();
        var executing = new CountDownLatch(3);
        var code = TASK.handle((ctx, n) -> {
            int a = ctx.step("a", Integer.class, s -> n);
            if (dead.get()) return a;
            executing.countDown();
            go.await();
            return a;
        });
        rig.boot(code);
        var runs = List.of(rig.start("task", "1"), rig.start("task", "2"), rig.start("task", "3"));
        assertThat(executing).satisfies(latch -> latch.await(20, TimeUnit.SECONDS));
        dead.set(true);
        rig.readingOneByOne().boot(code);
        for (int i = 0; i < runs.size(); i++) {
            var view = rig.awaitEnd(runs.get(i), Outcome.SUCCEEDED);
            assertThat(view.output()).isEqualTo(Integer.toString(i + 1));
            assertThat(Rig.steps(view)).containsExactly("1 a DONE e1");
            assertThat(view.run().tries().losses()).as("losses of %s", view).isEqualTo(1);
        }
    }

    @Test
    void code_that_stays_here_does_not_hide_what_else_lingers() throws Exception {
        int many = 20;
        var stay = new Semaphore(0);
        var executing = new CountDownLatch(many);
        rig.slots(many).boot(TASK.handle((ctx, n) -> {
            executing.countDown();
            // It is told to leave, and does not.
            stay.acquireUninterruptibly();
            return n;
        }));
        var runs =
                IntStream.range(0, many).mapToObj(i -> rig.start("task", "1")).toList();
        executing.await();
        runs.forEach(rig::cancel);
        runs.forEach(id -> rig.awaitState(id, RunState.STOPPING));
        rig.clock.pass(Duration.ofMinutes(5));
        runs.forEach(id -> rig.awaitEnd(id, Outcome.CANCELLED));
        await("a look beyond those that are still executed here")
                .atMost(Rig.LIMIT)
                .until(() -> rig.ledger().widestLook() > many);
        stay.release(many);
    }

    @Test
    void a_message_that_is_stored_is_accepted_though_it_cannot_be_brought_yet() {
        Signal<Integer> signal = Signal.named("go", Integer.class);
        rig.boot(TASK.giveUpAfter(Duration.ZERO).handle((ctx, n) -> ctx.await(signal)));
        RunId id = rig.start("task", "1");
        rig.awaitGivenUp(id);
        rig.ledger().fullWithTheNextMessage();
        rig.signal(id, "go", "7");
        rig.ledger().full(false);
        assertThat(rig.awaitEnd(id, Outcome.SUCCEEDED).output()).isEqualTo("7");
    }

    @Test
    void expired_request_ids_are_forgotten_as_fast_as_they_come() {
        rig.boot(TASK.handle((ctx, n) -> n));
        int many = 1_000;
        for (int i = 0; i < many; i++) {
            rig.start("task", "1", new StartRequest.Identity(null, "r" + i), StartRequest.Options.NONE);
        }
        rig.clock.pass(Duration.ofHours(25));
        await("all are forgotten by one look after another, without a minute between them")
                .atMost(Rig.LIMIT)
                .until(() -> !rig.store().ledger().forget(rig.clock.now(), 1));
    }
}
