package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Decision;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Fence;
import dev.holdfast.core.Holder;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Retry;
import dev.holdfast.core.Rules;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.engine.port.RunView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A checker that has never said no is not a checker: each kind of violation is shown to it. */
final class HistoryTest {
    private static final Instant NOW = Instant.ofEpochMilli(1_000);
    private static final Holder NODE = new Holder(Holder.Kind.NODE, 1, 1);

    private final History history = new History();
    private final RunId id = new RunId(1, 2);
    private final List<Snapshot> snapshots = new ArrayList<>();
    private Run run = Rules.start(
                    new Command.Start(
                            id,
                            new Run.Origin(Namespace.DEFAULT, "t", "1", null, List.of(), null),
                            new Run.Policy(Retry.none(), Defaults.GIVE_UP_AFTER, null),
                            Defaults.QUEUE,
                            null,
                            Command.Timing.NOW),
                    NOW)
            .next();

    private void apply(Command command) {
        if (snapshots.isEmpty()) snapshots.add(Snapshot.of(run, "start", NOW, new UUID(0, 0)));
        run = ((Decision.Transition) Rules.decide(run, command, NOW)).next();
        snapshots.add(Snapshot.of(run, "command", NOW, new UUID(0, snapshots.size())));
    }

    private RunView view(StepRecord... steps) {
        return new RunView(run, "null", null, null, null, List.copyOf(snapshots), List.of(steps));
    }

    private static StepRecord step(int key, long epoch, String result) {
        return StepRecord.done(StepKey.of(key), "s", epoch, 1, result);
    }

    private Fence.By by() {
        return new Fence.By(run.fence().epoch(), NODE);
    }

    private void assertViolation(String part) {
        assertThat(history.violations()).anySatisfy(v -> assertThat(v).contains(part));
    }

    @Test
    void aGoodLifeHasNoViolation() {
        history.started(id, "k");
        apply(new Command.Claim(NODE));
        history.seen(view(step(1, 1, "a")));
        history.recorded(id, StepKey.of(1), "a");
        apply(new Command.Lost(NODE, Command.Blame.COUNTED));
        apply(new Command.Claim(NODE));
        history.seen(view(step(1, 1, "a"), step(2, 3, "b")));
        apply(new Command.Succeed(by()));
        history.seen(view(step(1, 1, "a"), step(2, 3, "b")));
        history.ended(id, Outcome.SUCCEEDED);
        history.text(id, "hello");
        history.watched(id, "early", "hello");
        assertThat(history.violations()).isEmpty();
    }

    @Test
    void aRunThatWasAcknowledgedIsMissed() {
        history.started(id);
        assertViolation("is not there");
    }

    @Test
    void aStepThatWasAcknowledgedIsMissed() {
        apply(new Command.Claim(NODE));
        history.recorded(id, StepKey.of(1), "a");
        history.seen(view());
        assertViolation("was acknowledged");
    }

    @Test
    void aGapBetweenSnapshotsIsSeen() {
        apply(new Command.Claim(NODE));
        apply(new Command.Succeed(by()));
        snapshots.remove(1);
        history.seen(view());
        assertViolation("snapshot 3 follows 1");
    }

    @Test
    void aSecondOutcomeIsSeen() {
        apply(new Command.Claim(NODE));
        var before = run;
        apply(new Command.Succeed(by()));
        history.seen(view());
        snapshots.removeLast();
        run = before;
        apply(new Command.Lost(NODE, Command.Blame.COUNTED));
        apply(new Command.Claim(NODE));
        history.seen(view());
        assertViolation("it had ended SUCCEEDED");
        assertViolation("snapshot 3 was");
    }

    @Test
    void aSnapshotAfterTheEndIsSeen() {
        apply(new Command.Claim(NODE));
        apply(new Command.Succeed(by()));
        Snapshot end = snapshots.getLast();
        snapshots.add(new Snapshot(
                end.seq() + 1, RunState.QUEUED, Outcome.FAILED, end.epoch() - 1, 1, NOW, "zombie", new UUID(9, 9)));
        history.seen(view());
        assertViolation("comes after the end");
        assertViolation("ended 2 times");
        assertViolation("back to");
    }

    @Test
    void aZombiesStepIsSeen() {
        apply(new Command.Claim(NODE));
        apply(new Command.Lost(NODE, Command.Blame.COUNTED));
        apply(new Command.Claim(NODE));
        history.seen(view());
        history.seen(view(step(1, 1, "zombie")));
        assertViolation("epoch 1 recorded step 1 when the run was at epoch 3");
    }

    @Test
    void aStepThatChangesIsSeen() {
        apply(new Command.Claim(NODE));
        history.seen(view(step(1, 1, "a")));
        history.seen(view(step(1, 1, "b")));
        assertViolation("step 1 was recorded as");
    }

    @Test
    void aStepThatIsThereTwiceIsSeen() {
        apply(new Command.Claim(NODE));
        history.seen(view(step(1, 1, "a"), step(1, 1, "b")));
        assertViolation("is recorded twice");
    }

    @Test
    void anEpochThatGoesBackIsSeen() {
        apply(new Command.Claim(NODE));
        var early = view();
        apply(new Command.Lost(NODE, Command.Blame.COUNTED));
        history.seen(view());
        history.seen(early);
        assertViolation("the epoch went from 2 back to 1");
    }

    @Test
    void anotherOutcomeThanAClientWasToldIsSeen() {
        apply(new Command.Claim(NODE));
        apply(new Command.Succeed(by()));
        history.seen(view());
        history.ended(id, Outcome.FAILED);
        assertViolation("was told FAILED");
    }

    @Test
    void aKeyWithTwoRunsIsSeen() {
        history.started(id, "k");
        history.started(new RunId(1, 3), "k");
        assertViolation("both have it");
    }

    @Test
    void aWriteOfAnOlderEpochIsSeen() {
        history.wrote(id, 1);
        history.wrote(id, 3);
        assertThat(history.violations()).isEmpty();
        history.wrote(id, 1);
        assertViolation("epoch 1 wrote after epoch 3");
    }

    @Test
    void aRunThatDoesNotEndIsSeenWhenAllIsOver() {
        apply(new Command.Claim(NODE));
        history.seen(view());
        assertThat(history.violations()).isEmpty();
        history.over();
        assertViolation("it has not ended");
    }

    @Test
    void aRunThatWasDeletedIsNotMissed() {
        apply(new Command.Claim(NODE));
        history.seen(view());
        history.deleted(id);
        history.over();
        assertThat(history.violations()).isEmpty();
    }

    @Test
    void aWatcherWithAnotherTextIsSeen() {
        history.text(id, "one two");
        history.watched(id, "early", "one one two");
        assertViolation("watcher early ended with");
    }
}
