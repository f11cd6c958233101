package dev.holdfast.testkit.contract;

import static dev.holdfast.testkit.contract.Lab.APPLIED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.engine.port.Change;
import dev.holdfast.testkit.Median;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Lanes take turns, give no more slots than they have, and keep their order; queues have limits and can be paused. */
interface LaneContract extends LaneWords {
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

    /** Whatever the clock says, of which each node has its own. */
    @Test
    default void eachRunOfASerialLaneBeginsLaterThanTheOneBeforeIt() {
        var begun = new ArrayList<Instant>();
        for (int i = 0; i < 4; i++) lab().draft("t").lane(TALK).start();
        for (int i = 0; i < 4; i++) {
            RunId next = claim(5).getFirst();
            begun.add(held(next).times().started());
            end(next);
        }
        assertThat(begun).isSorted().doesNotHaveDuplicates();
    }

    @Test
    default void whoseTurnItIsIsKnown() {
        RunId first = start(TALK).id();
        RunId second = start(TALK).id();
        lab().draft("t").lane(TALK).in("other").start();
        lab().draft("t").lane(TALK).queue("other").start();
        start(Lane.concurrent("talk"));
        assertThat(turn()).as("nobody has begun").isEmpty();
        assertThat(claim(9)).hasSize(4).contains(first);
        assertThat(turn()).contains(first);
        giveUp(first);
        assertThat(turn()).as("it waits, and it is still its turn").contains(first);
        lab().apply(lab().read(first), new Command.Unblock());
        assertThat(turn()).contains(first);
        assertThat(claim(9)).containsExactly(first);
        end(first);
        assertThat(claim(9)).containsExactly(second);
        assertThat(turn()).contains(second);
        end(second);
        assertThat(turn()).isEmpty();
    }

    private Optional<RunId> turn() {
        return lab().reads()
                .turn(Namespace.DEFAULT, Defaults.QUEUE, TALK.name())
                .map(Run::id);
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
        assertThat(Median.of(1, () -> assertThat(claim(10)).containsExactly(single)))
                .as("the claim that finds one")
                .isLessThan(Duration.ofSeconds(5));
        assertThat(Median.of(20, () -> assertThat(claim(10)).isEmpty()))
                .as("a claim beside 10,000 runs in full lanes")
                .isLessThan(Duration.ofMillis(250));
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

    private RunId child(Run parent, int key, Run.Bond bond) {
        return lab().draft("t")
                .lane(TALK)
                .parent(new Run.Parent(parent.id(), 1, StepKey.of(key), bond))
                .start()
                .id();
    }
}
