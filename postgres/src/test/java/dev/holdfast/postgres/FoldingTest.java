package dev.holdfast.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Fence;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.engine.Admission;
import dev.holdfast.engine.Company;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.engine.port.Rate;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.testkit.Changes;
import dev.holdfast.testkit.ManualClock;
import dev.holdfast.testkit.SeededIds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is claimed in the commit that starts it is claimed by the rules of every other claim. */
final class FoldingTest {
    private static final TestDatabase DATABASE = Opened.database();
    private static final Opened.Supply SESSIONS = Opened.Supply.kept(Opened.connections(DATABASE));
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Lane TALK = Lane.serial("talk");
    private static final Lane CROWD = Lane.concurrent("crowd");

    private final ManualClock clock = new ManualClock();
    private final SeededIds ids = new SeededIds(1, clock);
    private Opened node;
    private Hand taker;

    /** Nothing is taken before a test says so. */
    @BeforeEach
    void open() {
        node = Opened.in(SESSIONS, clock, ids);
        taker = new Hand(node.node());
        node.ledger().takes(taker);
    }

    @AfterEach
    void close() {
        node.close();
        Opened.empty(SESSIONS);
    }

    @AfterAll
    static void drop() {
        DATABASE.close();
    }

    private Change start() {
        return start(null, Defaults.QUEUE);
    }

    private Change start(Lane lane) {
        return start(lane, Defaults.QUEUE);
    }

    /** Later than every other one. */
    private Change start(@Nullable Lane lane, String queue) {
        clock.pass(Duration.ofMillis(1));
        return Changes.start(ids, node.ledger().now(), "1", lane, queue);
    }

    /** A run that waits: nobody takes anything yet. */
    private RunId waiting() {
        clock.pass(Duration.ofMillis(1));
        return node.start(ids, null).id();
    }

    /** A run that this node holds: nobody takes anything yet. */
    private Run running() {
        clock.pass(Duration.ofMillis(1));
        return node.running(ids);
    }

    private void apply(Run run, Command command) {
        assertThat(node.ledger().commit(Changes.of(ids, node.ledger().now(), run, command)))
                .isEqualTo(new Receipt.Applied());
    }

    /** A run that was lost three times without progress, and may be tried again. */
    private RunId suspect() {
        Run run = running();
        for (int losses = 1; ; losses++) {
            apply(run, new Command.Lost(node.node(), Command.Blame.COUNTED));
            clock.pass(MINUTE);
            node.ledger().tick(node.node(), 100);
            if (losses == Defaults.SUSPECT_AFTER_LOSSES) return run.id();
            run = node.claim(1).getFirst().run();
        }
    }

    /** A run that version 2 of its code does not fit. */
    private RunId parked() {
        Run run = running();
        var by = new Fence.By(run.fence().epoch(), node.node());
        apply(run, new Command.Park(by, new Run.Parked("2", StepKey.of(1), "was", "is")));
        return run.id();
    }

    private void change(QueueChange.What what) {
        var change = new QueueChange(Namespace.DEFAULT, Defaults.QUEUE, what, null);
        assertThat(node.ledger().change(change)).isEqualTo(new Receipt.Applied());
    }

    /** What the taker is given in the one commit that writes these. */
    private List<RunId> givenWith(Change... starts) {
        int before = taker.told().size();
        long batches = node.ledger().figures().batches();
        assertThat(node.ledger().commit(List.of(starts))).containsOnly(new Receipt.Applied());
        assertThat(node.ledger().figures().batches() - batches).isEqualTo(1);
        List<RunId> told = taker.told();
        return told.subList(before, told.size());
    }

    @Test
    void aQueueThatIsPausedGivesNothingToAStartInIt() {
        change(QueueChange.pause(null));
        taker.has(5);
        assertThat(givenWith(start())).isEmpty();
        Change elsewhere = start(null, "open");
        assertThat(givenWith(start(), elsewhere)).containsExactly(elsewhere.run());
    }

    @Test
    void aLimitCountsWhatExecutesWhenOneIsStarted() {
        change(QueueChange.configure(new QueueSettings(2, null, null)));
        running();
        taker.has(5);
        Change second = start();
        assertThat(givenWith(second)).containsExactly(second.run());
        assertThat(givenWith(start())).isEmpty();
    }

    @Test
    void aLimitHoldsForManyThatAreStartedTogether() {
        change(QueueChange.configure(new QueueSettings(3, null, null)));
        running();
        taker.has(9);
        Change second = start();
        Change third = start();
        assertThat(givenWith(second, third, start(), start())).containsExactly(second.run(), third.run());
    }

    @Test
    void aRateHoldsForWhatIsStarted() {
        change(QueueChange.configure(new QueueSettings(null, null, new Rate(2, MINUTE))));
        taker.has(9);
        Change first = start();
        Change second = start();
        Change third = start();
        assertThat(givenWith(first, second, third)).containsExactly(first.run(), second.run());
        Change fourth = start();
        assertThat(givenWith(fourth)).isEmpty();
        clock.pass(MINUTE);
        assertThat(givenWith(start())).containsExactly(third.run(), fourth.run());
    }

    @Test
    void aSuspectThatIsFirstIsTriedAlone() {
        RunId suspect = suspect();
        taker.has(5);
        Change start = start();
        assertThat(givenWith(start)).containsExactly(suspect);
        taker.admits(new Admission(Map.of("t", "1"), 5, Company.A_SUSPECT));
        Change beside = start();
        assertThat(givenWith(beside)).as("beside a suspect").isEmpty();
        taker.has(5);
        Change last = start();
        assertThat(givenWith(last)).containsExactlyInAnyOrder(start.run(), beside.run(), last.run());
    }

    @Test
    void aSuspectIsNotGivenBesideOthers() {
        suspect();
        taker.admits(new Admission(Map.of("t", "1"), 5, Company.OTHERS));
        Change start = start();
        assertThat(givenWith(start)).containsExactly(start.run());
    }

    @Test
    void whatOtherCodeHasParkedComesBeforeAStartThatIsYounger() {
        RunId parked = parked();
        taker.has(1);
        assertThat(givenWith(start())).containsExactly(parked);
    }

    @Test
    void whatOtherCodeHasParkedIsGivenBesideAStart() {
        RunId parked = parked();
        taker.has(5);
        Change start = start();
        assertThat(givenWith(start)).containsExactlyInAnyOrder(parked, start.run());
    }

    @Test
    void whatHasWaitedComesBeforeAStartIfThereIsNoSlotForBoth() {
        RunId older = waiting();
        taker.has(1);
        assertThat(givenWith(start())).containsExactly(older);
    }

    @Test
    void whatHasWaitedIsGivenBesideAStartIfThereAreSlotsForBoth() {
        RunId older = waiting();
        taker.has(2);
        Change start = start();
        assertThat(givenWith(start)).containsExactlyInAnyOrder(older, start.run());
    }

    @Test
    void aLaneGivesNoMoreThanItsSlotsToWhatIsStartedInIt() {
        change(QueueChange.configure(new QueueSettings(null, 2, null)));
        taker.has(9);
        Change talk = start(TALK);
        Change one = start(CROWD);
        Change two = start(CROWD);
        assertThat(givenWith(talk, start(TALK), one, two, start(CROWD)))
                .containsExactlyInAnyOrder(talk.run(), one.run(), two.run());
        assertThat(givenWith(start(TALK), start(CROWD))).as("they are full").isEmpty();
    }

    @Test
    void whatIsStartedInALaneIsGivenBesideWhatIsStartedInNone() {
        taker.has(9);
        Change plain = start();
        Change talk = start(TALK);
        Change crowd = start(CROWD);
        assertThat(givenWith(plain, talk, crowd)).containsExactlyInAnyOrder(plain.run(), talk.run(), crowd.run());
    }

    @Test
    void whatWaitsInALaneIsGivenBesideAStart() {
        Change older = start(TALK);
        assertThat(givenWith(older, start(TALK))).isEmpty();
        taker.has(9);
        Change plain = start();
        assertThat(givenWith(plain)).containsExactlyInAnyOrder(older.run(), plain.run());
    }

    @Test
    void whatIsNotHostedHereIsNotGiven() {
        taker.admits(new Admission(Map.of("other", "1"), 5));
        assertThat(givenWith(start())).isEmpty();
    }

    /** What is started here comes beside it. */
    @Test
    void ofWhatHasWaitedOneOfTwoNodesIsGivenItsShare() {
        var older = new ArrayList<RunId>();
        for (int i = 0; i < 4; i++) older.add(waiting());
        taker.has(9);
        taker.isOneOf(2);
        Change one = start();
        Change two = start();
        assertThat(givenWith(one, two)).containsExactly(one.run(), two.run(), older.get(0), older.get(1));
    }
}
