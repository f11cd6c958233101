package dev.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who holds a slot of a lane, and for how long. */
class LaneRulesTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Holder NODE = new Holder(Holder.Kind.NODE, 1, 1);

    private static Run queued(@Nullable Lane lane) {
        var start = new Command.Start(
                new RunId(1, 1),
                new Run.Origin(Namespace.DEFAULT, "task", "1", null, List.of(), null),
                new Run.Policy(Retry.exponential(3), Defaults.GIVE_UP_AFTER, null),
                Defaults.QUEUE,
                lane,
                Command.Timing.NOW);
        return Rules.start(start, NOW).next();
    }

    private static Run after(Run run, Command command) {
        return after(run, command, NOW);
    }

    private static Run after(Run run, Command command, Instant now) {
        return switch (Rules.decide(run, command, now)) {
            case Decision.Transition t -> t.next();
            case Decision.Accepted a -> a.next();
            default -> throw new AssertionError(command + " does nothing to " + run);
        };
    }

    private static Fence.By by(Run run) {
        return new Fence.By(run.fence().epoch(), NODE);
    }

    private static Run running(Lane lane) {
        return after(queued(lane), new Command.Claim(NODE));
    }

    private static Run givenUp(Lane lane) {
        Run running = running(lane);
        Run blocked = after(running, new Command.Block(by(running), Waiting.on(StepKey.of(1)), null));
        assertThat(blocked.place().slotOf()).as("held while it waits").isEqualTo("x");
        return after(blocked, new Command.GiveUp(by(blocked)));
    }

    private static Run backedOff(Lane lane) {
        Run running = running(lane);
        var error = new RunError("user_error", "Error", "it failed", "", true);
        return after(running, new Command.Fail(by(running), error, 0.5));
    }

    @Test
    void aClaimTakesASlotOfTheRunsLane() {
        assertThat(queued(Lane.serial("x")).place().slotOf()).isNull();
        assertThat(running(Lane.serial("x")).place().slotOf()).isEqualTo("x");
        assertThat(running(Lane.concurrent("x")).place().slotOf()).isEqualTo("x");
        assertThat(after(queued(null), new Command.Claim(NODE)).place().slotOf())
                .isNull();
    }

    @Test
    void aConcurrentLaneGetsItsSlotBackWheneverNobodyExecutes() {
        var lane = Lane.concurrent("x");
        Run lost = after(running(lane), new Command.Lost(NODE, Command.Blame.COUNTED));
        for (Run free : List.of(givenUp(lane), backedOff(lane), lost)) {
            assertThat(free.place().slotOf()).isNull();
        }
    }

    @Test
    void aSerialLaneKeepsItsSlotThroughWaitsAndRetriesUntilTheEnd() {
        var lane = Lane.serial("x");
        Run lost = after(running(lane), new Command.Lost(NODE, Command.Blame.COUNTED));
        for (Run kept : List.of(givenUp(lane), backedOff(lane), lost)) {
            assertThat(kept.place().slotOf()).isEqualTo("x");
            assertThat(after(kept, new Command.Cancel(false)).place().slotOf()).isNull();
        }
    }

    @Test
    void aChildUnderItsParentsSlotTakesNone() {
        Run child = after(queued(Lane.serial("x")), new Command.Claim(NODE, Run.Slot.PARENTS));
        assertThat(child.isHeld()).isTrue();
        assertThat(child.place().slotOf()).isNull();
    }

    @Test
    void aRunThatIsEndedWhileItsCodeExecutesKeepsItsSlotUntilThatHasLeft() {
        var lane = Lane.concurrent("x");
        Run stopping = after(running(lane), new Command.StopIt(new Stop(Stop.Reason.TIME_OUT, Stop.Next.TIMED_OUT)));
        Instant late = NOW.plus(Duration.ofMinutes(1));
        Run ended = after(stopping, new Command.DeadlineCame(Deadlines.Name.STOP), late);
        assertThat(ended.status().outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(ended.place().slotOf()).isEqualTo("x");
        assertThat(ended.place().lingers()).isEqualTo(NODE);
        assertThat(Rules.decide(ended, new Command.Delete(), late))
                .as("removing it would free the slot")
                .isInstanceOf(Decision.Refusal.class);
        var namesake = new Holder(Holder.Kind.NODE, 1, 2);
        assertThat(Rules.decide(ended, new Command.Left(namesake), late)).isInstanceOf(Decision.Nothing.class);
        Run left = after(ended, new Command.Left(NODE), late);
        assertThat(left.place().slotOf()).isNull();
        assertThat(left.place().lingers()).isNull();
        assertThat(left.fence()).as("no snapshot, no new epoch").isEqualTo(ended.fence());
        assertThat(left.status()).isEqualTo(ended.status());
    }

    @Test
    void aRunThatHasStoppedByItselfKeepsNothing() {
        Run running = running(Lane.serial("x"));
        Run ended = after(running, new Command.Succeed(by(running)));
        assertThat(ended.place().slotOf()).isNull();
        assertThat(ended.place().lingers()).isNull();
    }
}
