package dev.holdfast.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Run;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A check of reruns that has never said no is not one. */
final class RerunCheckTest {
    private final Past past = new Past();
    private final Run old = past.claimed(past.begins("1"), "1");

    private void assertViolation(String part) {
        assertThat(RerunCheck.violations(past.events))
                .anySatisfy(v -> assertThat(v).contains(part));
    }

    private Run begins(int from, StepRecord... steps) {
        var all = new ArrayList<StepRecord>();
        all.add(Past.random(old));
        all.addAll(List.of(steps));
        return past.begins(old, StepKey.of(from), all.toArray(StepRecord[]::new));
    }

    /** The old run has done three steps and has ended. */
    private void done() {
        for (int i = 1; i <= 3; i++) record(old, i, "old " + i);
        past.ended(old);
        past.add(new Event.Asks(past.now, old.id()));
    }

    private void record(Run run, int key, String result) {
        past.add(new Event.Recorded(
                past.now, run.id(), Past.step(key, run.fence().epoch(), result)));
    }

    private void execute(Run run, int key) {
        past.add(new Event.Executed(past.now, run.id(), run.fence().epoch(), StepKey.of(key)));
    }

    @Test
    void itHasWhatWasBeforeAndDoesTheRest() {
        done();
        Run run = past.claimed(begins(3, Past.step(1, 0, "old 1"), Past.step(2, 0, "old 2")), "1");
        execute(run, 3);
        record(run, 3, "new 3");
        assertThat(RerunCheck.violations(past.events)).isEmpty();
    }

    @Test
    void whatItLacksIsSeen() {
        done();
        begins(3, Past.step(1, 0, "old 1"));
        assertViolation("lacks StepRecord[key=2");
    }

    @Test
    void otherRandomNumbersAreSeen() {
        done();
        var one = Past.step(1, 0, "old 1");
        past.begins(old, StepKey.of(2), one);
        assertViolation("and not its random numbers");
        Run first = begins(2, one);
        past.ended(past.claimed(first, "1"));
        past.add(new Event.Asks(past.now, first.id()));
        past.begins(first, StepKey.of(2), Past.random(first), one);
        assertViolation("it begins at 2 of " + first.id() + " and has StepRecord[key=random");
    }

    @Test
    void whatWasUndoneIsNotLacking() {
        for (int i = 1; i <= 3; i++) record(old, i, "old " + i);
        past.add(new Event.Undone(past.now, old.id(), List.of(StepKey.of(2))));
        past.ended(old);
        past.add(new Event.Asks(past.now, old.id()));
        begins(3, Past.step(1, 0, "old 1"));
        assertThat(RerunCheck.violations(past.events)).isEmpty();
    }

    @Test
    void whatNobodyHasRecordedIsSeen() {
        done();
        begins(3, Past.step(1, 0, "old 1"), Past.step(2, 0, "another"));
        assertViolation("begins at 3 of " + old.id() + " and has StepRecord[key=2");
    }

    @Test
    void whatComesAfterItsStepIsSeen() {
        done();
        begins(2, Past.step(1, 0, "old 1"), Past.step(2, 0, "old 2"));
        assertViolation("begins at 2 of " + old.id() + " and has StepRecord[key=2");
    }

    @Test
    void whatIsExecutedOrRecordedAgainIsSeen() {
        done();
        Run run = past.claimed(begins(3, Past.step(1, 0, "old 1"), Past.step(2, 0, "old 2")), "1");
        execute(run, 2);
        assertViolation("it was begun with step 2, and executes it");
        record(run, 1, "new 1");
        assertViolation("it was begun with step 1, and records");
    }

    @Test
    void anotherInputIsSeen() {
        Run other = past.claimed(past.begins("2"), "2");
        past.add(new Event.Asks(past.now, other.id()));
        past.begins(other, null);
        assertViolation("its input is 1, that of " + other.id() + " is 2");
    }

    @Test
    void oneThatIsDoneTwiceIsSeen() {
        past.add(new Event.Asks(past.now, old.id()));
        past.begins(old, (StepKey) null);
        assertThat(RerunCheck.violations(past.events)).isEmpty();
        past.begins(old, (StepKey) null);
        assertViolation("nobody has asked for that");
    }
}
