package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.NoRetry;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Retry;
import dev.holdfast.core.RunFailed;
import dev.holdfast.core.RunState;
import dev.holdfast.core.Unavailable;
import dev.holdfast.core.Wait;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.RunHandle;
import dev.holdfast.sdk.Start;
import dev.holdfast.sdk.Step;
import dev.holdfast.sdk.Task;
import dev.holdfast.sdk.Unwind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As a user would test a checkout: it charges a card and ships, each once, whatever happens. */
final class TestHoldfastTest {
    record Order(String id, int cents) {}

    private static final Task<Order, String> CHECKOUT =
            Task.named("checkout", Order.class, String.class).retry(Retry.fixed(3, Duration.ofMinutes(5)));
    private static final Order ORDER = new Order("o1", 1_200);

    private final List<String> log = new ArrayList<>();

    private String checkout(Context ctx, Order order) {
        String charge = ctx.step("charge", String.class, s -> {
            log.add("charge " + s.key().substring(s.key().indexOf(':')));
            return "c-" + order.id();
        });
        ctx.send("charged\n");
        return ctx.step("ship", String.class, s -> {
            log.add("ship");
            return charge + " shipped";
        });
    }

    private Handler<Order, String> handler() {
        return CHECKOUT.handle(this::checkout);
    }

    @Test
    void aRunIsStartedAndJoined() throws InterruptedException {
        try (var holdfast = TestHoldfast.host(handler())) {
            assertThat(holdfast.start(CHECKOUT, ORDER).join()).isEqualTo("c-o1 shipped");
            assertThat(log).containsExactly("charge :1", "ship");
        }
    }

    @Test
    void nothingHappensBetweenTheCallsOfATest() {
        try (var holdfast = TestHoldfast.host(handler())) {
            RunHandle<String> run = holdfast.start(CHECKOUT, ORDER);
            holdfast.settle();
            assertThat(run.show().outcome()).isEqualTo(Outcome.SUCCEEDED);
            assertThat(holdfast.now()).hasToString("2026-01-01T00:00:00Z");
        }
    }

    @Test
    void aDelayOfThreeDaysTakesNoTime() throws InterruptedException {
        try (var holdfast = TestHoldfast.host(handler())) {
            var begin = holdfast.now();
            var run = holdfast.start(CHECKOUT, ORDER, Start.now().delay(Duration.ofDays(3)));
            holdfast.advance(Duration.ofDays(3).minusSeconds(1));
            assertThat(log).isEmpty();
            assertThat(run.show().state()).isEqualTo(RunState.QUEUED);
            holdfast.advance(Duration.ofSeconds(1));
            assertThat(log).hasSize(2);
            assertThat(run.join()).isEqualTo("c-o1 shipped");
            assertThat(holdfast.now()).isEqualTo(begin.plus(Duration.ofDays(3)));
        }
    }

    /** It looks once an hour: what is told at once does not wait for that. */
    @Test
    void childrenOfARunThatFailsAreCancelledAtOnce() {
        var child = Task.named("child", Integer.class, Integer.class);
        var parent = Task.named("parent", Integer.class, Integer.class).retry(Retry.none());
        try (var holdfast = TestHoldfast.host(
                child.handle((ctx, n) -> {
                    ctx.sleep(Duration.ofDays(7));
                    return n;
                }),
                parent.handle((ctx, n) -> {
                    ctx.fork(child, n);
                    ctx.sleep(Duration.ofDays(1));
                    throw new IllegalStateException("it fails");
                }))) {
            var run = holdfast.start(parent, 1);
            holdfast.advance(Duration.ofDays(1));
            assertThat(run.show().outcome()).isEqualTo(Outcome.FAILED);
            holdfast.settle();
            var wait = run.show().steps().getFirst().awaits();
            assertThat(wait)
                    .isInstanceOfSatisfying(
                            Wait.Child.class,
                            w -> assertThat(holdfast.run(w.run(), child).show().outcome())
                                    .isEqualTo(Outcome.CANCELLED));
        }
    }

    @Test
    void aRunThatEndedIsKeptForAMonth() throws InterruptedException {
        try (var holdfast = TestHoldfast.host(handler())) {
            var run = holdfast.start(CHECKOUT, ORDER);
            run.join();
            holdfast.advance(Duration.ofDays(29));
            assertThat(run.show().outcome()).isEqualTo(Outcome.SUCCEEDED);
            holdfast.advance(Duration.ofDays(2));
            assertThatThrownBy(run::show)
                    .isInstanceOfSatisfying(
                            Refused.class, e -> assertThat(e.code()).isEqualTo("run_unknown"));
        }
    }

    @Test
    void aBatchIsRepeatedAsAWholeOrNotAtAll() throws InterruptedException {
        try (var holdfast = TestHoldfast.host(handler())) {
            var two = List.of(ORDER, new Order("o2", 1));
            var once = Start.now().requestId("once");
            var ids = holdfast.startAll(CHECKOUT, two, once).stream()
                    .map(RunHandle::id)
                    .toList();
            assertThat(ids).doesNotHaveDuplicates().hasSize(2);
            assertThat(holdfast.startAll(CHECKOUT, two, once).stream()
                            .map(RunHandle::id)
                            .toList())
                    .isEqualTo(ids);
            var three = List.of(ORDER, new Order("o2", 1), new Order("o3", 1));
            assertThatThrownBy(() -> holdfast.startAll(CHECKOUT, three, once))
                    .isInstanceOfSatisfying(
                            Refused.class, e -> assertThat(e.code()).isEqualTo("request_id_reused"));
            holdfast.settle();
            assertThat(log).filteredOn("ship"::equals).hasSize(2);
        }
    }

    @Test
    void whatIsDueOnTheWayHappensInOrder() {
        try (var holdfast = TestHoldfast.host(handler())) {
            for (int days : new int[] {5, 1, 3}) {
                holdfast.start(CHECKOUT, new Order("o" + days, 1), Start.now().delay(Duration.ofDays(days)));
            }
            var seen = new ArrayList<String>();
            var task = Task.named("look", Integer.class, Integer.class);
            holdfast.advance(Duration.ofDays(2));
            seen.add(log.size() + " writes after two days");
            holdfast.advance(Duration.ofDays(8));
            seen.add(log.size() + " writes after ten");
            assertThat(seen).containsExactly("2 writes after two days", "6 writes after ten");
            assertThatThrownBy(() -> holdfast.start(task, 1)).isInstanceOf(Refused.class);
        }
    }

    @Test
    void joinLetsTheTimeOfRetriesPass() throws InterruptedException {
        var flaky = CHECKOUT.handle((ctx, order) -> {
            if (ctx.attempt() < 3) throw new IllegalStateException("the bank is closed");
            return checkout(ctx, order);
        });
        try (var holdfast = TestHoldfast.host(flaky)) {
            var begin = holdfast.now();
            assertThat(holdfast.start(CHECKOUT, ORDER).join()).isEqualTo("c-o1 shipped");
            assertThat(Duration.between(begin, holdfast.now())).isEqualTo(Duration.ofMinutes(10));
        }
    }

    @Test
    void joinWithALimitLetsNoMoreTimePass() throws InterruptedException {
        try (var holdfast = TestHoldfast.host(handler())) {
            var begin = holdfast.now();
            var run = holdfast.start(CHECKOUT, ORDER, Start.now().delay(Duration.ofHours(2)));
            assertThat(run.join(Duration.ofHours(1))).isEmpty();
            assertThat(Duration.between(begin, holdfast.now())).isEqualTo(Duration.ofHours(1));
            assertThat(run.join(Duration.ofHours(1))).contains("c-o1 shipped");
        }
    }

    @Test
    void theTriesOfAStepWaitInTheLedgersTime() throws InterruptedException {
        var step = Step.named("pay", String.class).retry(Retry.fixed(4, Duration.ofHours(6)));
        var patient = CHECKOUT.handle((ctx, order) -> ctx.step(step, s -> {
            if (s.attempt() < 4) throw new IllegalStateException("later");
            return "paid";
        }));
        try (var holdfast = TestHoldfast.host(patient)) {
            var begin = holdfast.now();
            assertThat(holdfast.start(CHECKOUT, ORDER).join()).isEqualTo("paid");
            assertThat(Duration.between(begin, holdfast.now())).isEqualTo(Duration.ofHours(18));
        }
    }

    @Test
    void aRunThatExecutesIsStoppedOnTheDot() {
        var step = Step.named("pay", String.class).retry(Retry.fixed(1_000, Duration.ofSeconds(3)));
        var restless = CHECKOUT.maxDuration(Duration.ofSeconds(45))
                .handle((ctx, order) -> ctx.step(step, s -> {
                    throw new IllegalStateException("the bank is closed");
                }));
        try (var holdfast = TestHoldfast.host(restless)) {
            var run = holdfast.start(CHECKOUT.maxDuration(Duration.ofSeconds(45)), ORDER);
            holdfast.advance(Duration.ofSeconds(44));
            assertThat(run.show().state()).isEqualTo(RunState.RUNNING);
            holdfast.advance(Duration.ofSeconds(1));
            assertThat(run.show().outcome()).isEqualTo(Outcome.TIMED_OUT);
        }
    }

    @Test
    void aCrashAfterTheChargeChargesOnce() throws InterruptedException {
        try (var holdfast = TestHoldfast.host(handler())) {
            holdfast.crashAfter(write -> "charge".equals(write.step()));
            var run = holdfast.start(CHECKOUT, ORDER);
            assertThat(run.join()).isEqualTo("c-o1 shipped");
            assertThat(log).containsExactly("charge :1", "ship");
            assertThat(run.show().epoch()).isGreaterThan(1);
        }
    }

    @Test
    void itMayDieAfterAnyWriteOfARun() throws InterruptedException {
        var writes = new ArrayList<TestHoldfast.Write>();
        try (var holdfast = TestHoldfast.host(handler())) {
            holdfast.crashAfter(write -> !writes.add(write));
            holdfast.start(CHECKOUT, ORDER).join();
        }
        assertThat(writes.stream().map(w -> w.kind() + " " + w.step()))
                .containsExactly("start null", "claim null", "step charge", "chunk null", "step ship", "finished null");
        for (int i = 0; i < writes.size(); i++) {
            int last = i;
            log.clear();
            try (var holdfast = TestHoldfast.host(handler())) {
                var seen = new ArrayList<TestHoldfast.Write>();
                holdfast.crashAfter(write -> seen.add(write) && seen.size() == last + 1);
                RunHandle<String> run;
                try {
                    run = holdfast.start(CHECKOUT, ORDER, Start.now().requestId("one"));
                } catch (Unavailable lost) {
                    assertThat(lost.indeterminate()).isTrue();
                    run = holdfast.start(CHECKOUT, ORDER, Start.now().requestId("one"));
                }
                assertThat(run.join()).isEqualTo("c-o1 shipped");
                try (var stream = run.stream()) {
                    stream.forEach(piece -> {});
                    assertThat(stream.text()).as("after write %d", i).isEqualTo("charged\n");
                }
            }
            // The body of the step that was under way runs again, and never that of one that was recorded.
            assertThat(log)
                    .as("after write %d", i)
                    .containsOnlyOnce("charge :1")
                    .contains("ship");
        }
    }

    @Test
    void noFinallyRunsWhenItDies() throws InterruptedException {
        var careful = CHECKOUT.handle((ctx, order) -> {
            try {
                return checkout(ctx, order);
            } finally {
                log.add("finally");
            }
        });
        try (var holdfast = TestHoldfast.host(careful)) {
            holdfast.crashAfter(write -> "charge".equals(write.step()));
            holdfast.start(CHECKOUT, ORDER).join();
            assertThat(log).containsExactly("charge :1", "ship", "finally");
        }
    }

    @Test
    void withoutHintsEverythingHappensALittleLater() throws InterruptedException {
        try (var holdfast = TestHoldfast.host(handler())) {
            holdfast.loseHints();
            var begin = holdfast.now();
            assertThat(holdfast.start(CHECKOUT, ORDER).join()).isEqualTo("c-o1 shipped");
            assertThat(Duration.between(begin, holdfast.now())).isLessThanOrEqualTo(Duration.ofSeconds(2));
        }
    }

    @Test
    void aCancelCompensates() throws InterruptedException {
        var slow = CHECKOUT.handle((ctx, order) -> {
            try {
                ctx.step("charge", s -> log.add("charge"));
                throw new IllegalStateException("the warehouse is closed");
            } catch (Unwind.Cancelled cancelled) {
                ctx.step("refund", s -> log.add("refund"));
                throw cancelled;
            }
        });
        try (var holdfast = TestHoldfast.host(slow)) {
            var run = holdfast.start(CHECKOUT, ORDER);
            holdfast.settle();
            run.cancel();
            assertThatThrownBy(run::join)
                    .isInstanceOfSatisfying(
                            RunFailed.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.CANCELLED));
            assertThat(run.explain()).isNotEmpty();
        }
    }

    @Test
    void aRunThatFailsSaysSo() {
        try (var holdfast = TestHoldfast.host(CHECKOUT.handle((ctx, order) -> {
            throw new NoRetry("no such order");
        }))) {
            var run = holdfast.start(CHECKOUT, ORDER);
            assertThatThrownBy(run::join).isInstanceOf(RunFailed.class).hasMessageContaining("no such order");
        }
    }

    @Test
    void aRunThatNeverEndsIsToldWithTheReason() {
        var renamed = CHECKOUT.handle((ctx, order) -> {
            if (ctx.epoch() == 1) return checkout(ctx, order);
            return ctx.step("other name", String.class, s -> "x");
        });
        try (var holdfast = TestHoldfast.host(renamed)) {
            holdfast.crashAfter(write -> "charge".equals(write.step()));
            var run = holdfast.start(CHECKOUT, ORDER);
            assertThatThrownBy(run::join)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("does not end")
                    .hasMessageContaining("other name");
        }
    }

    @Test
    void aTestDoesTheSameEachTime() throws InterruptedException {
        var ids = new ArrayList<String>();
        for (int i = 0; i < 2; i++) {
            try (var holdfast = TestHoldfast.host(handler())) {
                var runs = holdfast.startAll(CHECKOUT, List.of(ORDER, new Order("o2", 1)), Start.now());
                for (var run : runs) run.join();
                ids.add(runs.toString());
            }
        }
        assertThat(ids.get(0)).isEqualTo(ids.get(1));
    }

    @Test
    void twoHandlersOfOneTaskAreRefused() {
        assertThatThrownBy(() -> TestHoldfast.host(handler(), handler())).isInstanceOf(Refused.class);
    }

    @Test
    void newCodeIsCheckedAgainstOldRuns(@TempDir Path folder) throws Exception {
        try (var holdfast = TestHoldfast.host(handler())) {
            var ended = holdfast.start(CHECKOUT, ORDER);
            ended.join();
            holdfast.record(ended.id(), folder);
        }
        log.clear();
        assertThat(TestHoldfast.replays(handler(), folder)).isEqualTo(1);
        // A step more at the end: it is not executed.
        assertThat(TestHoldfast.replays(
                        CHECKOUT.handle((ctx, order) -> {
                            checkout(ctx, order);
                            return ctx.step("mail", String.class, s -> {
                                log.add("mail");
                                return "";
                            });
                        }),
                        folder))
                .isEqualTo(1);
        assertThat(log).as("no body is executed").isEmpty();
        try (Stream<Path> files = Files.list(folder)) {
            String id = files.toList().getFirst().getFileName().toString().replace(".json", "");
            assertThatThrownBy(() -> TestHoldfast.replays(
                            CHECKOUT.handle((ctx, order) -> {
                                ctx.step("charge", String.class, s -> "");
                                return ctx.step("pack", String.class, s -> "");
                            }),
                            folder))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining(id)
                    .hasMessageContaining("at key 2 'ship' is recorded, and the code calls 'pack'");
        }
        assertThatThrownBy(() -> TestHoldfast.replays(
                        CHECKOUT.handle((ctx, order) -> ctx.step("charge", String.class, s -> "")), folder))
                .hasMessageContaining("the code ends before key 2, where 'ship' is recorded");
        assertThatThrownBy(() -> TestHoldfast.replays(
                        CHECKOUT.handle((ctx, order) -> "" + ctx.step("charge", Integer.class, s -> 1)), folder))
                .hasMessageContaining("cannot be read as");
        assertThatThrownBy(() -> TestHoldfast.replays(
                        Task.named("other", Integer.class, Integer.class).handle((ctx, n) -> n), folder))
                .hasMessageContaining("no recorded run of task 'other'");
    }

    @Test
    void aRunThatIsStillWaitingIsCheckedToo(@TempDir Path folder) {
        var step = Step.named("pay", String.class).retry(Retry.fixed(4, Duration.ofHours(6)));
        var failing = CHECKOUT.handle((ctx, order) -> {
            ctx.now();
            return ctx.step(step, s -> {
                throw new IllegalStateException("later");
            });
        });
        try (var holdfast = TestHoldfast.host(failing)) {
            var run = holdfast.start(CHECKOUT, ORDER);
            holdfast.settle();
            holdfast.record(run.id(), folder);
        }
        assertThat(TestHoldfast.replays(failing, folder)).isEqualTo(1);
        assertThatThrownBy(() -> TestHoldfast.replays(handler(), folder))
                .hasMessageContaining("at key 1 'now' is recorded, and the code calls 'charge'");
    }

    @Test
    void aReplayKnowsForWhenTheRunWasPlanned(@TempDir Path folder) throws Exception {
        var nightly = Task.named("nightly", String.class, String.class);
        var code = nightly.handle(
                (ctx, what) -> ctx.step("report of " + ctx.scheduledAt().orElseThrow(), String.class, s -> what));
        try (var holdfast = TestHoldfast.host(code)) {
            var run = holdfast.start(nightly, "all", Start.now().tags("scheduled:2026-01-31T03:00:00Z"));
            assertThat(run.join()).isEqualTo("all");
            holdfast.record(run.id(), folder);
        }
        assertThat(TestHoldfast.replays(code, folder)).isEqualTo(1);
    }
}
