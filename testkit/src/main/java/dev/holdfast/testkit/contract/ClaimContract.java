package dev.holdfast.testkit.contract;

import static dev.holdfast.testkit.contract.Lab.APPLIED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepKey;
import dev.holdfast.engine.Admission;
import dev.holdfast.engine.port.Backlog;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Write;
import dev.holdfast.testkit.Median;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each run is given to one holder, in order, and only if nothing stands against it. */
interface ClaimContract extends Contract {

    private static List<RunId> ids(List<Claimed> claimed) {
        return claimed.stream().map(c -> c.run().id()).toList();
    }

    @Test
    default void aClaimHandsTheRunOver() {
        Lab lab = lab();
        Run queued = lab.draft("t").input("[1]").start();
        lab.clock.pass(Duration.ofMillis(5));
        Claimed claimed = lab.claim("t", 1).getFirst();
        Run run = claimed.run();
        assertThat(run.state()).isEqualTo(RunState.RUNNING);
        assertThat(run.fence().holder()).isEqualTo(lab.node());
        assertThat(run.fence().epoch()).isEqualTo(queued.fence().epoch() + 1);
        assertThat(run.fence().seq()).isEqualTo(2);
        assertThat(run.times().started()).isEqualTo(lab.clock.now());
        assertThat(claimed.input()).isEqualTo("[1]");
        assertThat(lab.read(queued.id())).isEqualTo(run);
        var snapshots = lab.reads()
                .snapshots(run.origin().namespace(), run.id(), 1)
                .orElseThrow()
                .snapshots();
        assertThat(snapshots).hasSize(1);
        Snapshot snapshot = snapshots.getFirst();
        assertThat(snapshot).isEqualTo(Snapshot.of(run, "claim: by " + lab.node(), lab.clock.now(), snapshot.change()));
    }

    @Test
    default void whoTakesThemIsToldBeforeTheClaimIsAnswered() {
        Lab lab = lab();
        lab.queued("t");
        lab.queued("t");
        var told = new ArrayList<List<Claimed>>();
        var admission = new Admission(Map.of("t", "1"), 5);
        List<Claimed> given = lab.ledger().claim(new Claim(lab.node(), admission, 5, 1, told::add));
        assertThat(told).containsExactly(given);
        assertThat(given).hasSize(2);
    }

    /** Its code does not begin any more: whoever looks into its inbox ends it. */
    @Test
    default void aRunThatWasToldToEndIsNotClaimed() {
        Lab lab = lab();
        for (Lane lane : new @Nullable Lane[] {null, Lane.concurrent("a"), Lane.serial("b")}) {
            Run told = lab.draft("t").lane(lane).start();
            lab.clock.pass(Duration.ofMillis(1));
            Run next = lab.draft("t").lane(lane).start();
            lab.reboot();
            assertThat(lab.ledger().commit(lab.post(told.id(), Message.cancel(lab.ids.next()))))
                    .isEqualTo(Lab.APPLIED);
            assertThat(lab.claim("t", 9))
                    .as("from lane %s", lane)
                    .extracting(c -> c.run().id())
                    .doesNotContain(told.id());
            assertThat(lab.read(told.id()).times().started()).isNull();
            assertThat(lab.ledger().tick(lab.node(), 10).inboxes()).contains(told.id());
            lab.apply(lab.read(told.id()), new Command.Cancel(false), new Write.ClearInbox());
            lab.claim("t", 9);
            Run begun = lab.read(next.id());
            assertThat(begun.isHeld()).isTrue();
            lab.apply(begun, new Command.Succeed(lab.by(begun)));
        }
    }

    @Test
    default void runsAreClaimedInTheOrderOfTheirPlaces() {
        Lab lab = lab();
        Run second = lab.queued("t");
        lab.clock.pass(Duration.ofMillis(10));
        Run third = lab.queued("t");
        Run fourth = lab.queued("t");
        Run first = lab.draft("t").ahead(Duration.ofSeconds(1)).start();
        assertThat(ids(lab.claim("t", 10))).containsExactly(first.id(), second.id(), third.id(), fourth.id());
    }

    @Test
    default void runsOfSeveralTasksAreClaimedInOneOrder() {
        Lab lab = lab();
        var expected = new ArrayList<RunId>();
        for (int i = 0; i < 10; i++) {
            expected.add(lab.queued("t" + i % 3).id());
            lab.clock.pass(Duration.ofMillis(1));
        }
        var hosted = Map.of("t0", "1", "t1", "1", "t2", "1");
        assertThat(ids(lab.claim(hosted, 4))).isEqualTo(expected.subList(0, 4));
        assertThat(ids(lab.claim(hosted, 100))).isEqualTo(expected.subList(4, 10));
    }

    @Test
    default void aRunThatComesBackKeepsItsPlace() {
        Lab lab = lab();
        Run first = lab.running("t");
        lab.clock.pass(Duration.ofSeconds(1));
        Run second = lab.queued("t");
        lab.apply(first, new Command.Lost(lab.node(), Command.Blame.COUNTED));
        assertThat(ids(lab.claim("t", 2))).containsExactly(first.id(), second.id());
    }

    @Test
    default void noMoreAreClaimedThanWished() {
        Lab lab = lab();
        for (int i = 0; i < 5; i++) lab.queued("t");
        var manySlots = new Admission(Map.of("t", "1"), 10);
        assertThat(lab.ledger().claim(new Claim(lab.node(), manySlots, 2))).hasSize(2);
        var oneSlot = new Admission(Map.of("t", "1"), 1);
        assertThat(lab.ledger().claim(new Claim(lab.node(), oneSlot, 10))).hasSize(1);
        var noSlot = new Admission(Map.of("t", "1"), 0);
        assertThat(lab.ledger().claim(new Claim(lab.node(), noSlot, 10))).isEmpty();
        assertThat(lab.claim("t", 10)).hasSize(2);
    }

    @Test
    default void onlyHostedTasksAreClaimed() {
        Lab lab = lab();
        lab.queued("elsewhere");
        Run here = lab.queued("here");
        assertThat(ids(lab.claim("here", 10))).containsExactly(here.id());
        assertThat(lab.ledger().claim(new Claim(lab.node(), new Admission(Map.of(), 5), 5)))
                .isEmpty();
    }

    @Test
    default void aDelayedRunIsNotClaimedBeforeItIsDue() {
        Lab lab = lab();
        Run run = lab.draft("t").delay(Duration.ofSeconds(10)).start();
        assertThat(lab.claim("t", 10)).isEmpty();
        lab.clock.pass(Duration.ofMillis(9_999));
        assertThat(lab.ledger().tick(lab.node(), 100).promoted()).isZero();
        assertThat(lab.claim("t", 10)).isEmpty();
        lab.clock.pass(Duration.ofMillis(1));
        assertThat(lab.ledger().tick(lab.node(), 100).promoted()).isEqualTo(1);
        lab.reboot();
        assertThat(ids(lab.claim("t", 10))).containsExactly(run.id());
        assertThat(lab.read(run.id()).place().due()).isNull();
    }

    @Test
    default void whatIsOverdueTakesNobodysTurn() {
        Lab lab = lab();
        for (int i = 0; i < 3; i++) lab.draft("t").ttl(Duration.ofSeconds(1)).start();
        lab.clock.pass(Duration.ofSeconds(2));
        Run alive = lab.queued("u");
        assertThat(ids(lab.claim(Map.of("t", "1", "u", "1"), 1))).containsExactly(alive.id());
    }

    @Test
    default void aParkedRunIsClaimedOnlyByOtherCode() {
        Lab lab = lab();
        Run run = lab.running("t");
        Run parked = lab.apply(run, new Command.Park(lab.by(run), new Run.Parked("1", StepKey.of(1), "was", "is")));
        assertThat(lab.claim(Map.of("t", "1"), 10)).isEmpty();
        assertThat(lab.ledger().parked(10)).containsExactly(parked);
        lab.reboot();
        assertThat(lab.claim(Map.of("t", "1"), 10)).isEmpty();
        assertThat(ids(lab.claim(Map.of("t", "2"), 10))).containsExactly(run.id());
        assertThat(lab.ledger().parked(10)).isEmpty();
    }

    /** Each is tried once. Two would hand it back and forth for ever. */
    @Test
    default void codeThatDidNotFitIsNotTriedAgainWhateverElseDidNot() {
        Lab lab = lab();
        Run run = lab.running("t");
        List<String> versions = List.of("1", "2", "12", "3");
        for (int tried = 1; tried < versions.size(); tried++) {
            String last = versions.get(tried - 1);
            lab.apply(run, new Command.Park(lab.by(run), new Run.Parked(last, StepKey.of(1), "was", "is")));
            for (String version : versions.subList(0, tried))
                assertThat(lab.claim(Map.of("t", version), 9)).isEmpty();
            List<Claimed> claimed = lab.claim(Map.of("t", versions.get(tried)), 9);
            assertThat(ids(claimed)).containsExactly(run.id());
            run = claimed.getFirst().run();
        }
        assertThat(lab.ledger().parked(10)).as("it is being tried").isEmpty();
    }

    @Test
    default void parkedRunsKeepTheirPlaceAmongTheOthers() {
        Lab lab = lab();
        var parked = new ArrayList<RunId>();
        var held = new ArrayList<Run>();
        for (int i = 0; i < 4; i++) {
            held.add(lab.running("t"));
            lab.clock.pass(Duration.ofMillis(1));
        }
        for (String version : List.of("1", "2", "1", "3")) {
            Run run = held.get(parked.size());
            lab.apply(run, new Command.Park(lab.by(run), new Run.Parked(version, StepKey.of(1), "was", "is")));
            parked.add(run.id());
        }
        Run fresh = lab.queued("t");
        assertThat(ids(lab.claim(Map.of("t", "1"), 3)))
                .as("one comes back, one is new, one comes back")
                .containsExactly(parked.get(1), fresh.id(), parked.get(3));
        assertThat(lab.claim(Map.of("t", "1"), 2)).isEmpty();
        assertThat(ids(lab.claim(Map.of("t", "4"), 9))).containsExactly(parked.get(0), parked.get(2));
    }

    @Test
    default void aRunThatIsNotQueuedIsNotClaimed() {
        Lab lab = lab();
        lab.running("t");
        lab.succeeded("t");
        Run cancelled = lab.queued("t");
        lab.apply(cancelled, new Command.Cancel(false));
        assertThat(lab.claim("t", 10)).isEmpty();
    }

    @Test
    default void aClaimBringsTheStepsThatAreReplayed() {
        Lab lab = lab();
        Run run = lab.running("t");
        for (int i : List.of(10, 2, 1)) lab.ledger().commit(lab.held(run, Lab.done(i, "" + i)));
        lab.apply(run, new Command.Lost(lab.node(), Command.Blame.COUNTED));
        Claimed again = lab.claim("t", 1).getFirst();
        var steps = lab.ledger().reads().steps(again.run().id());
        assertThat(steps).extracting(s -> s.key().number()).containsExactly(1, 2, 10);
        assertThat(steps).extracting(s -> s.result()).containsExactly("1", "2", "10");
    }

    @Test
    default void aClaimSeesAStartThatWasHandedInBeforeIt() {
        Lab lab = lab();
        for (int i = 0; i < 50; i++) {
            Change start = lab.draft("t").change();
            assertThat(lab.ledger().commit(start)).isEqualTo(APPLIED);
            assertThat(ids(lab.claim("t", 1))).containsExactly(start.run());
        }
    }

    @Test
    default void noRunIsClaimedTwice() throws Exception {
        Lab lab = lab();
        for (int i = 0; i < 300; i++) lab.queued("t");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<List<RunId>> claimAll = () -> {
                var all = new ArrayList<RunId>();
                while (true) {
                    var some = ids(lab.claim("t", 7));
                    if (some.isEmpty()) return all;
                    all.addAll(some);
                }
            };
            var everybody = threads.invokeAll(
                    IntStream.range(0, 8).mapToObj(i -> claimAll).toList());
            var all = new ArrayList<RunId>();
            for (Future<List<RunId>> one : everybody) all.addAll(one.get());
            assertThat(all).hasSize(300).doesNotHaveDuplicates();
        }
    }

    @Test
    default void whatWaitsIsCountedByTaskAndByWhatDoesNotFit() {
        Lab lab = lab();
        assertThat(backlog(lab)).isEmpty();
        for (int i = 0; i < 3; i++) lab.queued("t");
        lab.draft("u").queue("another").start();
        lab.draft("u").delay(Duration.ofMinutes(1)).start();
        lab.succeeded("v");
        assertThat(backlog(lab)).isEqualTo(Map.of("t []", 3L, "u []", 1L));
        lab.claim("t", 2);
        assertThat(backlog(lab)).isEqualTo(Map.of("t []", 1L, "u []", 1L));
        Run parked = lab.running("w");
        var mismatch = new Run.Parked(List.of("1", "2"), StepKey.of(1), "was", "is");
        lab.apply(parked, new Command.Park(lab.by(parked), mismatch));
        assertThat(backlog(lab)).isEqualTo(Map.of("t []", 1L, "u []", 1L, "w [1, 2]", 1L));
    }

    private static Map<String, Long> backlog(Lab lab) {
        return lab.reads().backlog(lab.clock.now()).stream()
                .collect(Collectors.toMap(each -> each.task() + " " + each.unfit(), Backlog::runs, Long::sum));
    }

    @Test
    default void oneRunIsClaimedByOneOfTwo() {
        Lab lab = lab();
        Run run = lab.queued("t");
        assertThat(ids(lab.claim("t", 1))).containsExactly(run.id());
        assertThat(lab.claim("t", 1)).isEmpty();
    }

    @Test
    default void runsThatNobodyCanRunDoNotStandInTheWay() {
        Lab lab = lab();
        var crowd = new ArrayList<Change>();
        for (int i = 0; i < 5_000; i++) {
            crowd.add(lab.draft("nobody hosts this").ahead(Duration.ofDays(1)).change());
            crowd.add(lab.draft("t")
                    .ahead(Duration.ofDays(1))
                    .delay(Duration.ofDays(1))
                    .change());
        }
        assertThat(lab.ledger().commit(crowd)).containsOnly(APPLIED);
        Run run = lab.queued("t");
        assertThat(Median.of(1, () -> assertThat(ids(lab.claim("t", 10))).containsExactly(run.id())))
                .as("the claim that finds one")
                .isLessThan(Duration.ofSeconds(5));
        assertThat(Median.of(100, () -> assertThat(lab.claim("t", 10)).isEmpty()))
                .as("a claim behind 10,000 runs that cannot be claimed")
                .isLessThan(Duration.ofMillis(50));
    }
}
