package dev.holdfast.testkit.contract;

import static dev.holdfast.testkit.contract.Lab.APPLIED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Deadlines;
import dev.holdfast.core.Decision;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Rules;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.Stop;
import dev.holdfast.core.Waiting;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.LaneView;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.engine.port.QueueView;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.engine.port.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Lanes take turns, give no more slots than they have, and keep their order; queues have limits and can be paused. */
interface LaneContract extends Contract {
    Lane A = Lane.concurrent("a");
    Lane B = Lane.concurrent("b");
    Lane TALK = Lane.serial("talk");

    private Run start(@Nullable Lane lane) {
        Run run = lab().draft("t").lane(lane).start();
        lab().clock.pass(Duration.ofMillis(1));
        return run;
    }

    private List<RunId> claim(int max) {
        return lab().claim("t", max).stream().map(c -> c.run().id()).toList();
    }

    private Run held(RunId id) {
        Run run = lab().read(id);
        assertThat(run.isHeld()).as("%s is held", id).isTrue();
        return run;
    }

    private void end(RunId id) {
        Run run = held(id);
        lab().apply(run, new Command.Succeed(lab().by(run)));
    }

    private Run fail(RunId id) {
        Run run = held(id);
        var error = new RunError("user_error", "Error", "it failed", "", true);
        return lab().apply(run, new Command.Fail(lab().by(run), error, 0));
    }

    private Run giveUp(RunId id) {
        Run run = held(id);
        Run blocked = lab().apply(run, new Command.Block(lab().by(run), Waiting.on(StepKey.of(1)), null));
        return lab().apply(blocked, new Command.GiveUp(lab().by(blocked)));
    }

    private void change(QueueChange.What what) {
        var change = new QueueChange(Namespace.DEFAULT, Defaults.QUEUE, what, null);
        assertThat(lab().ledger().change(change)).isEqualTo(APPLIED);
    }

    private void limits(@Nullable Integer concurrency, @Nullable Integer laneConcurrency) {
        change(new QueueChange.Configure(new QueueSettings(concurrency, laneConcurrency)));
    }

    private long taken(Lane lane) {
        return lab().reads().lanes(Namespace.DEFAULT, Defaults.QUEUE, null, 99).stream()
                .filter(view -> view.lane().equals(lane))
                .mapToLong(LaneView::taken)
                .findFirst()
                .orElse(0);
    }

    private void later(Duration time) {
        lab().clock.pass(time);
        lab().ledger().tick(lab().node(), 1000);
    }

    @Test
    default void aSerialLaneGivesOneRunAtATimeInOrder() {
        var order = List.of(start(TALK).id(), start(TALK).id(), start(TALK).id());
        for (RunId next : order) {
            assertThat(claim(5)).containsExactly(next);
            assertThat(claim(5)).isEmpty();
            end(next);
        }
        assertThat(claim(5)).isEmpty();
        assertThat(taken(TALK)).isZero();
    }

    @Test
    default void aSerialLaneKeepsItsOrderThroughRetriesLossesAndWaits() {
        RunId first = start(TALK).id();
        RunId second = start(TALK).id();
        assertThat(claim(5)).containsExactly(first);
        fail(first);
        assertThat(claim(5)).as("in back-off").isEmpty();
        later(Duration.ofMinutes(1));
        assertThat(claim(5)).containsExactly(first);
        lab().apply(held(first), new Command.Lost(lab().node(), Command.Blame.COUNTED));
        assertThat(claim(5)).as("it was lost, and comes first").containsExactly(first);
        Run waits = giveUp(first);
        assertThat(claim(5)).as("given up, and holds the slot").isEmpty();
        lab().reboot();
        assertThat(claim(5)).as("after a boot").isEmpty();
        lab().apply(waits, new Command.Unblock());
        assertThat(claim(5)).containsExactly(first);
        end(first);
        assertThat(claim(5)).containsExactly(second);
    }

    @Test
    default void aConcurrentLaneLendsItsSlotWhileARunWaits() {
        limits(null, 1);
        RunId first = start(A).id();
        RunId second = start(A).id();
        assertThat(claim(5)).containsExactly(first);
        Run waits = giveUp(first);
        assertThat(claim(5)).containsExactly(second);
        lab().apply(waits, new Command.Unblock());
        assertThat(claim(5)).isEmpty();
        end(second);
        assertThat(claim(5)).containsExactly(first);
    }

    @Test
    default void aDelayedRunDoesNotBlockItsLane() {
        RunId delayed =
                lab().draft("t").lane(TALK).delay(Duration.ofMinutes(1)).start().id();
        lab().clock.pass(Duration.ofMillis(1));
        RunId later = start(TALK).id();
        assertThat(claim(5)).containsExactly(later);
        later(Duration.ofMinutes(2));
        assertThat(claim(5)).as("its time has come, its turn has not").isEmpty();
        end(later);
        assertThat(claim(5)).containsExactly(delayed);
    }

    @Test
    default void nothingOvertakesTheFirstOfASerialLaneNotEvenWhenNobodyHasItsCode() {
        Run first = lab().draft("elsewhere").lane(TALK).start();
        lab().clock.pass(Duration.ofMillis(1));
        RunId second = start(TALK).id();
        assertThat(claim(5)).isEmpty();
        Map<String, String> both = Map.of("t", "1", "elsewhere", "1");
        var claimed = lab().claim(both, 5);
        assertThat(claimed).extracting(c -> c.run().id()).containsExactly(first.id());
        lab().apply(held(first.id()), new Command.Succeed(lab().by(held(first.id()))));
        assertThat(claim(5)).containsExactly(second);
    }

    @Test
    default void codeThatIsNotHereBlocksNobodyInAConcurrentLane() {
        limits(null, 1);
        lab().draft("elsewhere").lane(A).start();
        lab().clock.pass(Duration.ofMillis(1));
        RunId second = start(A).id();
        assertThat(claim(5)).containsExactly(second);
    }

    @Test
    default void lanesOfTwoKindsOrQueuesOrNamespacesAreTwo() {
        var same = List.of(
                start(TALK).id(),
                lab().draft("t").lane(TALK).queue("other").start().id(),
                lab().draft("t").lane(TALK).in("other").start().id(),
                start(Lane.concurrent("talk")).id());
        assertThat(claim(9)).containsExactlyInAnyOrderElementsOf(same);
    }

    @Test
    default void lanesTakeTurns() {
        var a = new ArrayList<RunId>();
        for (int i = 0; i < 5; i++) a.add(start(A).id());
        var b = List.of(start(B).id(), start(B).id());
        var none = List.of(start(null).id(), start(null).id());
        var given = new ArrayList<RunId>();
        for (int i = 0; i < 6; i++) given.addAll(claim(1));
        assertThat(given.subList(0, 3)).containsExactlyInAnyOrder(a.get(0), b.get(0), none.get(0));
        assertThat(given.subList(3, 6)).containsExactlyInAnyOrder(a.get(1), b.get(1), none.get(1));
        assertThat(claim(9)).containsExactly(a.get(2), a.get(3), a.get(4));
    }

    @Test
    default void oneClaimGivesATurnToEachLane() {
        for (int i = 0; i < 9; i++) start(A);
        RunId b = start(B).id();
        RunId none = start(null).id();
        assertThat(claim(4)).hasSize(4).contains(b, none);
    }

    @Test
    default void tenThousandRunsOfOneLaneDelayNobodyElse() {
        var crowd = new ArrayList<Change>();
        for (int i = 0; i < 5_000; i++) {
            crowd.add(lab().draft("t").lane(TALK).change());
            crowd.add(lab().draft("t").lane(A).change());
        }
        limits(null, 1);
        assertThat(lab().ledger().commit(crowd)).containsOnly(APPLIED);
        assertThat(claim(1)).hasSize(1);
        assertThat(claim(1)).hasSize(1);
        RunId single = start(B).id();
        long began = System.nanoTime();
        assertThat(claim(10)).containsExactly(single);
        for (int i = 0; i < 19; i++) assertThat(claim(10)).isEmpty();
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .as("twenty claims beside 10,000 runs in full lanes")
                .isLessThan(Duration.ofSeconds(5));
    }

    @Test
    default void ofThoseThatComeBackEverySecondOneLetsANewOneIn() {
        for (Lane lane : new @Nullable Lane[] {null, A}) {
            var back = new ArrayList<RunId>();
            for (int i = 0; i < 3; i++) back.add(start(lane).id());
            assertThat(claim(3)).hasSize(3);
            for (RunId id : back) {
                lab().apply(held(id), new Command.Lost(lab().node(), Command.Blame.COUNTED));
            }
            var fresh = List.of(start(lane).id(), start(lane).id());
            var given = new ArrayList<RunId>();
            for (int i = 0; i < 5; i++) given.addAll(claim(1));
            assertThat(given).containsExactly(back.get(0), fresh.get(0), back.get(1), fresh.get(1), back.get(2));
        }
    }

    @Test
    default void aPausedQueueGivesNothing() {
        RunId waits = start(TALK).id();
        assertThat(claim(1)).containsExactly(waits);
        Run givenUp = giveUp(waits);
        RunId goesOn = start(null).id();
        assertThat(claim(1)).containsExactly(goesOn);
        change(new QueueChange.Pause(null));
        RunId later = start(null).id();
        RunId inLane = start(A).id();
        lab().apply(givenUp, new Command.Unblock());
        assertThat(claim(9)).isEmpty();
        lab().reboot();
        assertThat(claim(9)).isEmpty();
        RunId elsewhere = lab().draft("t").queue("other").start().id();
        assertThat(claim(9)).containsExactly(elsewhere);
        change(new QueueChange.Resume(null));
        assertThat(claim(9)).containsExactlyInAnyOrder(later, inLane, waits);
    }

    @Test
    default void whatExecutesWhileItsQueueIsPausedGoesOn() {
        RunId id = start(A).id();
        assertThat(claim(1)).containsExactly(id);
        change(new QueueChange.Pause(null));
        end(id);
        assertThat(lab().read(id).status().outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    default void aPausedLaneGivesNothingAndTheOthersDo() {
        change(new QueueChange.Pause("a"));
        RunId a = start(A).id();
        RunId b = start(B).id();
        assertThat(claim(9)).containsExactly(b);
        end(b);
        change(new QueueChange.Pause(null));
        change(new QueueChange.Resume("a"));
        assertThat(claim(9)).as("its queue is paused").isEmpty();
        change(new QueueChange.Resume(null));
        assertThat(claim(9)).containsExactly(a);
    }

    @Test
    default void limitsChangeWhileRunsExecute() {
        for (int i = 0; i < 6; i++) start(A);
        limits(null, 3);
        var first = claim(9);
        assertThat(first).hasSize(3);
        limits(null, 1);
        end(first.get(0));
        end(first.get(1));
        assertThat(claim(9)).as("one executes still").isEmpty();
        end(first.get(2));
        assertThat(claim(9)).hasSize(1);
        limits(null, null);
        assertThat(claim(9)).hasSize(2);
    }

    @Test
    default void aQueueHasALimitOverAllItsLanes() {
        limits(3, null);
        for (int i = 0; i < 3; i++) {
            start(A);
            start(null);
        }
        var first = claim(9);
        assertThat(first).hasSize(3);
        assertThat(claim(9)).isEmpty();
        RunId elsewhere = lab().draft("t").queue("other").start().id();
        assertThat(claim(9)).containsExactly(elsewhere);
        end(first.get(0));
        assertThat(claim(9)).hasSize(1);
        giveUp(first.get(1));
        assertThat(claim(9)).as("who was given up takes no room").hasSize(1);
        assertThat(claim(9)).isEmpty();
        limits(4, null);
        assertThat(claim(9)).hasSize(1);
    }

    @Test
    default void aRunThatIsOverKeepsItsSlotsUntilItsCodeHasLeft() {
        limits(1, null);
        for (@Nullable Lane lane : new @Nullable Lane[] {null, A, TALK}) {
            limits(1, 1);
            RunId first = start(lane).id();
            RunId second = start(lane).id();
            assertThat(claim(9)).containsExactly(first);
            Run stopping =
                    lab().apply(held(first), new Command.StopIt(new Stop(Stop.Reason.TIME_OUT, Stop.Next.TIMED_OUT)));
            lab().clock.pass(Duration.ofMinutes(1));
            Run over = lab().apply(stopping, new Command.DeadlineCame(Deadlines.Name.STOP));
            assertThat(over.isFinished()).isTrue();
            assertThat(claim(9)).as("its code is still there").isEmpty();
            limits(null, 1);
            if (lane != null) assertThat(claim(9)).as("its code is still there").isEmpty();
            assertThat(lab().ledger().lingering(9)).containsExactly(over);
            left(over);
            assertThat(lab().ledger().lingering(9)).isEmpty();
            assertThat(claim(9)).containsExactly(second);
            end(second);
        }
    }

    private void left(Run over) {
        Decision decision = Rules.decide(
                over, new Command.Left(lab().node()), lab().ledger().now());
        if (!(decision instanceof Decision.Accepted accepted)) throw new AssertionError(decision.toString());
        Run next = accepted.next();
        var change = new Change(lab().ids.next(), over.id(), Expect.of(over), null, List.of(new Write.Row(next)));
        assertThat(lab().ledger().commit(change)).isEqualTo(APPLIED);
    }

    private RunId child(Run parent, int key, Run.Bond bond) {
        return lab().draft("t")
                .lane(TALK)
                .parent(new Run.Parent(parent.id(), 1, StepKey.of(key), bond))
                .start()
                .id();
    }

    @Test
    default void aChildInItsParentsSerialLaneExecutesInItsSlot() {
        RunId parent = start(TALK).id();
        assertThat(claim(9)).containsExactly(parent);
        lab().clock.pass(Duration.ofMillis(1));
        RunId next = start(TALK).id();
        RunId child = child(held(parent), 1, Run.Bond.ATTACHED);
        RunId detached = child(held(parent), 2, Run.Bond.DETACHED);
        assertThat(claim(9)).containsExactly(child);
        RunId grandchild = child(held(child), 3, Run.Bond.ATTACHED);
        assertThat(claim(9)).containsExactly(grandchild);
        giveUp(parent);
        end(child);
        assertThat(claim(9)).isEmpty();
        lab().apply(lab().read(parent), new Command.Cancel(false));
        assertThat(claim(9))
                .as("the slot is free when the last under it has ended")
                .isEmpty();
        Run alive = held(grandchild);
        var before = lab().node();
        lab().reboot();
        assertThat(claim(9)).isEmpty();
        lab().apply(alive, new Command.Lost(before, Command.Blame.NOT_COUNTED));
        assertThat(claim(9)).containsExactly(grandchild);
        end(grandchild);
        assertThat(claim(9)).containsExactly(next);
        end(next);
        assertThat(claim(9)).containsExactly(detached);
    }

    @Test
    default void priorityCountsWithinALane() {
        RunId late = start(TALK).id();
        RunId early =
                lab().draft("t").lane(TALK).ahead(Duration.ofHours(1)).start().id();
        assertThat(claim(9)).containsExactly(early);
        end(early);
        assertThat(claim(9)).containsExactly(late);
    }

    @Test
    default void whatIsToCompensateGoesAheadOfItsLane() {
        limits(null, 1);
        RunId other = start(A).id();
        assertThat(claim(1)).containsExactly(other);
        RunId waiting = start(A).id();
        Run givenUp = giveUp(other);
        assertThat(claim(1)).containsExactly(waiting);
        RunId before =
                lab().draft("t").lane(A).ahead(Duration.ofDays(1)).start().id();
        lab().apply(givenUp, new Command.Cancel(true));
        end(waiting);
        assertThat(claim(1)).containsExactly(other);
        end(other);
        assertThat(claim(1)).containsExactly(before);
    }

    @Test
    default void noLaneEverGivesMoreSlotsThanItHas() throws Exception {
        limits(5, 2);
        int lanes = 4;
        int each = 40;
        for (int i = 0; i < each; i++) {
            for (int lane = 0; lane < lanes; lane++) {
                start(lane % 2 == 0 ? Lane.concurrent("lane " + lane) : Lane.serial("lane " + lane));
            }
        }
        var inQueue = new AtomicInteger();
        var inLane = new ArrayList<AtomicInteger>();
        var most = new ArrayList<AtomicInteger>();
        for (int lane = 0; lane < lanes; lane++) {
            inLane.add(new AtomicInteger());
            most.add(new AtomicInteger());
        }
        var mostInQueue = new AtomicInteger();
        var done = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Boolean> worker = () -> {
                while (done.get() < lanes * each) {
                    for (var claimed : lab().claim("t", 3)) {
                        Run run = claimed.run();
                        Lane lane = run.place().lane();
                        if (lane == null) throw new AssertionError("it was in a lane");
                        int index = lane.name().charAt(5) - '0';
                        most.get(index).accumulateAndGet(inLane.get(index).incrementAndGet(), Math::max);
                        mostInQueue.accumulateAndGet(inQueue.incrementAndGet(), Math::max);
                        Thread.onSpinWait();
                        inLane.get(index).decrementAndGet();
                        inQueue.decrementAndGet();
                        lab().apply(run, new Command.Succeed(lab().by(run)));
                        done.incrementAndGet();
                    }
                }
                return true;
            };
            for (Future<Boolean> one : threads.invokeAll(
                    IntStream.range(0, 6).mapToObj(i -> worker).toList())) {
                assertThat(one.get()).isTrue();
            }
        }
        for (int lane = 0; lane < lanes; lane++) {
            assertThat(most.get(lane).get()).isBetween(1, lane % 2 == 0 ? 2 : 1);
        }
        assertThat(mostInQueue.get()).isBetween(1, 5);
        assertThat(lab().reads().lanes(Namespace.DEFAULT, Defaults.QUEUE, null, 99))
                .isEmpty();
    }

    @Test
    default void queuesAndLanesAreListed() {
        limits(7, null);
        var quiet = new QueueChange(Namespace.DEFAULT, "quiet", new QueueChange.Pause(null), null);
        assertThat(lab().ledger().change(quiet)).isEqualTo(APPLIED);
        start(A);
        start(A);
        start(TALK);
        start(null);
        lab().draft("t").delay(Duration.ofDays(1)).start();
        lab().draft("t").in("other").start();
        change(new QueueChange.Pause("a"));
        assertThat(claim(2)).hasSize(2);
        assertThat(lab().reads().queues(Namespace.DEFAULT))
                .filteredOn(q -> !q.queue().equals("quiet"))
                .singleElement()
                .isEqualTo(new QueueView("default", false, new QueueSettings(7, null), 2, 1, 2, 2));
        assertThat(lab().reads().queues(Namespace.DEFAULT))
                .contains(new QueueView("quiet", true, QueueSettings.NONE, 0, 0, 0, 0));
        var views = lab().reads().lanes(Namespace.DEFAULT, "default", null, 9);
        assertThat(views).containsExactly(new LaneView(A, true, 0, 2), new LaneView(TALK, false, 1, 0));
        assertThat(lab().reads().lanes(Namespace.DEFAULT, "default", A, 9)).containsExactly(views.get(1));
        assertThat(lab().reads().lanes(Namespace.DEFAULT, "default", null, 1)).containsExactly(views.get(0));
    }

    @Test
    default void runsAreFoundByQueueAndLane() {
        RunId a = start(A).id();
        RunId other = lab().draft("t").lane(A).queue("other").start().id();
        RunId plain = lab().draft("t").queue("other").start().id();
        start(null);
        assertThat(list(new RunFilter(null, null, null, "other", null))).containsExactly(plain, other);
        assertThat(list(new RunFilter(null, null, null, "other", "a"))).containsExactly(other);
        assertThat(list(new RunFilter(null, "t", null, "default", "a"))).containsExactly(a);
        assertThat(list(new RunFilter(null, null, null, "default", null))).hasSize(2);
        assertThat(list(new RunFilter(null, null, null, "nowhere", "a"))).isEmpty();
    }

    private List<RunId> list(RunFilter filter) {
        return lab().reads().runs(Namespace.DEFAULT, filter, null, 9).stream()
                .map(Run::id)
                .toList();
    }

    @Test
    default void aRepeatedCommandToAQueueIsCarriedOutOnce() {
        var request = new Request(Namespace.DEFAULT, "r", "pause", "done");
        var pause = new QueueChange(Namespace.DEFAULT, Defaults.QUEUE, new QueueChange.Pause(null), request);
        assertThat(lab().ledger().change(pause)).isEqualTo(APPLIED);
        change(new QueueChange.Resume(null));
        assertThat(lab().ledger().change(pause)).isEqualTo(new Receipt.Repeated("done"));
        RunId id = start(null).id();
        assertThat(claim(1)).containsExactly(id);
        var reused = new QueueChange(
                Namespace.DEFAULT,
                Defaults.QUEUE,
                new QueueChange.Pause(null),
                new Request(Namespace.DEFAULT, "r", "else", "done"));
        assertThat(Lab.code(lab().ledger().change(reused))).isEqualTo("request_id_reused");
    }
}
