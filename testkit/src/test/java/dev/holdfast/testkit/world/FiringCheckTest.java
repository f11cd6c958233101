package dev.holdfast.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Missed;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.ScheduleChange;
import dev.holdfast.engine.port.StoredSchedule;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A check of firings that has never said no is not one. Each minute, and the declaration is half a minute past one. */
final class FiringCheckTest {
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private final Past past = new Past();
    private long revisions;

    private static Instant minute(int number) {
        return BEGIN.plusSeconds(60L * number);
    }

    private void at(double minute) {
        past.now = BEGIN.plusSeconds((long) (60 * minute));
    }

    private StoredSchedule declared(Missed missed, @Nullable Instant next) {
        var definition = new StoredSchedule.Definition("* * * * *", "UTC", missed, "task", "1", null, null);
        var standing = new StoredSchedule.Standing(new UUID(1, ++revisions), next == null, next, null, null);
        return new StoredSchedule(Namespace.DEFAULT, "s", definition, standing);
    }

    private StoredSchedule write(@Nullable StoredSchedule before, StoredSchedule next) {
        write(before, next, null);
        return next;
    }

    private void write(@Nullable StoredSchedule before, @Nullable StoredSchedule next, @Nullable RunId fired) {
        var seen = before == null ? null : before.seen();
        var change = new ScheduleChange(Namespace.DEFAULT, "s", seen, next, null);
        past.add(new Event.Scheduled(past.now, past.now, change, fired));
    }

    private StoredSchedule fire(StoredSchedule before, int minute, int next) {
        return fire(before, minute, next, "1");
    }

    private StoredSchedule fire(StoredSchedule before, int minute, int next, String input) {
        Run run = past.begins(input, "schedule:s", "scheduled:" + minute(minute));
        StoredSchedule after = before.fired(minute(minute), run.id(), minute(next));
        write(before, after, run.id());
        return after;
    }

    private void assertViolation(String part) {
        assertThat(FiringCheck.violations(past.events))
                .anySatisfy(v -> assertThat(v).contains(part));
    }

    private void assertNone() {
        past.add(new Event.Waited(past.now, past.now));
        past.add(new Event.Over(past.now));
        assertThat(FiringCheck.violations(past.events)).isEmpty();
    }

    @Test
    void eachMinuteWhileItIsThere() {
        at(0.5);
        var schedule = write(null, declared(Missed.LATEST, minute(1)));
        at(1);
        schedule = fire(schedule, 1, 2);
        at(2);
        schedule = fire(schedule, 2, 3);
        var paused = write(schedule, declared(Missed.LATEST, null));
        at(7.5);
        schedule = write(paused, declared(Missed.LATEST, minute(8)));
        at(8);
        schedule = fire(schedule, 8, 9);
        write(schedule, null, null);
        at(20);
        assertNone();
    }

    @Test
    void theLatestOfThoseThatWereMissed() {
        at(0.5);
        var schedule = write(null, declared(Missed.LATEST, minute(1)));
        at(4.5);
        fire(schedule, 4, 5);
        assertNone();
    }

    @Test
    void anotherThanTheLatestIsSeen() {
        at(0.5);
        var schedule = write(null, declared(Missed.LATEST, minute(1)));
        at(4.5);
        fire(schedule, 1, 5);
        assertViolation("which is not LATEST");
    }

    @Test
    void theLatestThatIsLeftOutIsSeen() {
        at(0.5);
        var schedule = write(null, declared(Missed.LATEST, minute(1)));
        at(4.5);
        write(schedule, schedule.passed(minute(5)));
        assertViolation("which is not LATEST");
    }

    @Test
    void eachOfThoseThatWereMissed() {
        at(0.5);
        var schedule = write(null, declared(Missed.ALL, minute(1)));
        at(3.5);
        for (int i = 1; i <= 3; i++) schedule = fire(schedule, i, i + 1);
        assertNone();
    }

    @Test
    void oneOfAllThatIsLeftOutIsSeen() {
        at(0.5);
        var schedule = write(null, declared(Missed.ALL, minute(1)));
        at(3.5);
        schedule = fire(schedule, 1, 2);
        fire(schedule, 3, 4);
        assertViolation("which is not ALL");
    }

    @Test
    void whatIsLateIsLeftOut() {
        at(0.5);
        var schedule = write(null, declared(Missed.SKIP, minute(1)));
        at(3.5);
        schedule = write(schedule, schedule.passed(minute(4)));
        at(4.1);
        fire(schedule, 4, 5);
        assertNone();
    }

    @Test
    void aLateOneThatIsNotLeftOutIsSeen() {
        at(0.5);
        var schedule = write(null, declared(Missed.SKIP, minute(1)));
        at(3.5);
        fire(schedule, 3, 4);
        assertViolation("which is not SKIP");
    }

    @Test
    void oneThatIsOnTimeAndLeftOutIsSeen() {
        at(0.5);
        var schedule = write(null, declared(Missed.SKIP, minute(1)));
        at(3.1);
        write(schedule, schedule.passed(minute(4)));
        assertViolation("which is not SKIP");
    }

    @Test
    void twoRunsForOneFiringAreSeen() {
        at(0.5);
        var schedule = write(null, declared(Missed.LATEST, minute(1)));
        at(1);
        fire(schedule, 1, 2);
        fire(schedule, 1, 2);
        assertViolation("a second run for [schedule:s, scheduled:2026-01-01T00:01:00Z]");
        assertViolation("it had become");
        assertViolation("it fires for 2026-01-01T00:01:00Z after it has for");
    }

    @Test
    void anEarlyFiringIsSeen() {
        at(0.5);
        var schedule = write(null, declared(Missed.LATEST, minute(1)));
        at(0.9);
        fire(schedule, 1, 2);
        assertViolation("fires early");
    }

    @Test
    void aFiringOfAnOldDefinitionIsSeen() {
        at(0.5);
        var schedule = write(null, declared(Missed.LATEST, minute(1)));
        write(schedule, declared(Missed.ALL, minute(1)));
        at(1);
        fire(schedule, 1, 2);
        assertViolation("it had become");
    }

    @Test
    void anotherInputIsSeen() {
        at(0.5);
        var schedule = write(null, declared(Missed.LATEST, minute(1)));
        at(1);
        fire(schedule, 1, 2, "2");
        assertViolation("with input 2 and is");
    }

    @Test
    void aDeclarationThatLeavesOneOutIsSeen() {
        at(0.5);
        write(null, declared(Missed.LATEST, minute(2)));
        assertViolation("later than it says");
    }

    @Test
    void aDeclarationForWhatHasBeenIsSeen() {
        at(0.5);
        var paused = write(null, declared(Missed.LATEST, null));
        at(5.5);
        paused = write(paused, declared(Missed.LATEST, null));
        write(paused, declared(Missed.LATEST, minute(3)));
        assertViolation("and was written at");
    }

    @Test
    void oneThatStaysDueIsSeen() {
        at(0.5);
        write(null, declared(Missed.LATEST, minute(1)));
        at(2);
        past.add(new Event.Waited(past.now, past.now));
        assertViolation("is due since 2026-01-01T00:01:00Z and does not fire");
    }

    @Test
    void aRunThatNoScheduleHasFiredIsSeen() {
        at(1);
        past.begins("1", "schedule:s", "scheduled:" + minute(1));
        past.add(new Event.Over(past.now));
        assertViolation("no schedule has fired for it");
    }

    @Test
    void whatWasAcknowledgedAndHasNotBecomeOfItIsSeen() {
        at(0.5);
        var schedule = write(null, declared(Missed.LATEST, minute(1)));
        past.add(new Event.Arranges(past.now, "s"));
        at(1);
        schedule = fire(schedule, 1, 2);
        past.add(new Event.Arranged(past.now, "s", new Event.Wish.Resumed()));
        past.add(new Event.Arranged(past.now, "s", new Event.Wish.Defined(schedule.definition())));
        assertThat(FiringCheck.violations(past.events)).isEmpty();
        past.add(new Event.Arranged(past.now, "s", new Event.Wish.Paused()));
        assertViolation("Paused[] was acknowledged");
        past.add(new Event.Arranged(past.now, "s", new Event.Wish.Gone()));
        assertViolation("Gone[] was acknowledged");
    }
}
