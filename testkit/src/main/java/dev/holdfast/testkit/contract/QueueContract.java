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
import dev.holdfast.core.RunId;
import dev.holdfast.core.Stop;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.LaneView;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.engine.port.QueueView;
import dev.holdfast.engine.port.Rate;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.engine.port.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Queues have limits and can be paused; so can lanes; a run that is over keeps what its code still uses. */
interface QueueContract extends LaneWords {
    @Test
    default void aPausedQueueGivesNothing() {
        RunId waits = start(TALK).id();
        assertThat(claim(1)).containsExactly(waits);
        Run givenUp = giveUp(waits);
        RunId goesOn = start(null).id();
        assertThat(claim(1)).containsExactly(goesOn);
        change(QueueChange.pause(null));
        RunId later = start(null).id();
        RunId inLane = start(A).id();
        lab().apply(givenUp, new Command.Unblock());
        assertThat(claim(9)).isEmpty();
        lab().reboot();
        assertThat(claim(9)).isEmpty();
        RunId elsewhere = lab().draft("t").queue("other").start().id();
        assertThat(claim(9)).containsExactly(elsewhere);
        change(QueueChange.resume(null));
        assertThat(claim(9)).containsExactlyInAnyOrder(later, inLane, waits);
    }

    @Test
    default void whatExecutesWhileItsQueueIsPausedGoesOn() {
        RunId id = start(A).id();
        assertThat(claim(1)).containsExactly(id);
        change(QueueChange.pause(null));
        end(id);
        assertThat(lab().read(id).status().outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    default void aPausedLaneGivesNothingAndTheOthersDo() {
        change(QueueChange.pause("a"));
        RunId a = start(A).id();
        RunId b = start(B).id();
        assertThat(claim(9)).containsExactly(b);
        end(b);
        change(QueueChange.pause(null));
        change(QueueChange.resume("a"));
        assertThat(claim(9)).as("its queue is paused").isEmpty();
        change(QueueChange.resume(null));
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
            assertThat(lab().ledger().tick(lab().node(), 9).lingers()).isTrue();
            assertThat(lab().ledger().lingering(lab().node(), 9)).containsExactly(over);
            left(over);
            assertThat(lab().ledger().lingering(lab().node(), 9)).isEmpty();
            assertThat(claim(9)).containsExactly(second);
            end(second);
        }
    }

    private void left(Run over) {
        Decision decision = Rules.decide(
                over, new Command.Left(lab().node()), lab().ledger().now());
        if (!(decision instanceof Decision.Accepted accepted)) throw new AssertionError(decision.toString());
        Run next = accepted.next();
        var change = new Change(lab().ids.next(), over.id(), Lab.expect(over), null, List.of(new Write.Row(next)));
        assertThat(lab().ledger().commit(change)).isEqualTo(APPLIED);
    }

    private static int number(Run run) {
        Lane lane = run.place().lane();
        if (lane == null) throw new AssertionError(run + " was in a lane");
        return lane.name().charAt(5) - '0';
    }

    private List<Run> claimAtOnce(int wanted, int given) {
        var claimed = lab().claim("t", wanted).stream().map(Claimed::run).toList();
        assertThat(claimed).hasSize(given);
        return claimed;
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
        // Alone, so that a ledger without limits is found however the threads below are scheduled.
        for (var given : claimAtOnce(20, 5)) {
            lab().apply(given, new Command.Succeed(lab().by(given)));
            done.incrementAndGet();
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Boolean> worker = () -> {
                while (done.get() < lanes * each) {
                    var claimed = lab().claim("t", 3);
                    for (var given : claimed) {
                        int index = number(given.run());
                        most.get(index).accumulateAndGet(inLane.get(index).incrementAndGet(), Math::max);
                        mostInQueue.accumulateAndGet(inQueue.incrementAndGet(), Math::max);
                    }
                    for (var given : claimed) {
                        Run run = given.run();
                        inLane.get(number(run)).decrementAndGet();
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
        var quiet = new QueueChange(Namespace.DEFAULT, "quiet", QueueChange.pause(null), null);
        assertThat(lab().ledger().change(quiet)).isEqualTo(APPLIED);
        start(A);
        start(A);
        start(TALK);
        start(null);
        lab().draft("t").delay(Duration.ofDays(1)).start();
        lab().draft("t").in("other").start();
        change(QueueChange.pause("a"));
        assertThat(claim(2)).hasSize(2);
        assertThat(lab().reads().queues(Namespace.DEFAULT))
                .filteredOn(q -> !q.queue().equals("quiet"))
                .singleElement()
                .isEqualTo(new QueueView("default", false, new QueueSettings(7, null, null), 2, 1, 2, 2));
        assertThat(lab().reads().queues(Namespace.DEFAULT))
                .contains(new QueueView("quiet", true, QueueSettings.NONE, 0, 0, 0, 0));
        // Whoever has paused a lane finds it again, whether or not anything is in it.
        var nobody = new QueueChange(Namespace.DEFAULT, "quiet", QueueChange.pause("nobody"), null);
        assertThat(lab().ledger().change(nobody)).isEqualTo(APPLIED);
        assertThat(lab().reads().lanes(Namespace.DEFAULT, "quiet", null, 9))
                .containsExactly(new LaneView(new Lane("nobody", Lane.Kind.CONCURRENT), true, 0, 0));
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
    default void changesOfDifferentThingsOfAQueueAllCount() throws Exception {
        var rate = new Rate(3, Duration.ofSeconds(2));
        var all = List.of(
                QueueChange.pause(null),
                new QueueChange.OfQueue(null, new QueueChange.To<>(4), null, null),
                new QueueChange.OfQueue(null, null, new QueueChange.To<>(2), null),
                new QueueChange.OfQueue(null, null, null, new QueueChange.To<>(rate)));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var tasks = all.stream().map(what -> Executors.callable(() -> change(what)));
            for (Future<?> one : threads.invokeAll(tasks.toList())) one.get();
        }
        var expected = new QueueView(Defaults.QUEUE, true, new QueueSettings(4, 2, rate), 0, 0, 0, 0);
        assertThat(lab().reads().queues(Namespace.DEFAULT)).containsExactly(expected);
        change(new QueueChange.OfQueue(false, new QueueChange.To<>(null), null, null));
        lab().reboot();
        assertThat(lab().reads().queues(Namespace.DEFAULT))
                .containsExactly(new QueueView(Defaults.QUEUE, false, new QueueSettings(null, 2, rate), 0, 0, 0, 0));
        change(QueueChange.configure(QueueSettings.NONE));
        assertThat(lab().reads().queues(Namespace.DEFAULT)).isEmpty();
    }

    @Test
    default void aRepeatedCommandToAQueueIsCarriedOutOnce() {
        var request = new Request(Namespace.DEFAULT, "r", "pause", "done");
        var pause = new QueueChange(Namespace.DEFAULT, Defaults.QUEUE, QueueChange.pause(null), request);
        assertThat(lab().ledger().change(pause)).isEqualTo(APPLIED);
        change(QueueChange.resume(null));
        assertThat(lab().ledger().change(pause)).isEqualTo(new Receipt.Repeated("done"));
        RunId id = start(null).id();
        assertThat(claim(1)).containsExactly(id);
        var reused = new QueueChange(
                Namespace.DEFAULT,
                Defaults.QUEUE,
                QueueChange.pause(null),
                new Request(Namespace.DEFAULT, "r", "else", "done"));
        assertThat(Lab.code(lab().ledger().change(reused))).isEqualTo("request_id_reused");
    }
}
