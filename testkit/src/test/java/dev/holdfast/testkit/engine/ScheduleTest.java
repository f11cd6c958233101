package dev.holdfast.testkit.engine;

import static dev.holdfast.testkit.engine.Rig.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Missed;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Retry;
import dev.holdfast.core.Run;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.engine.port.StoredSchedule;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Schedule;
import dev.holdfast.sdk.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Schedules of real engines: nobody there for a while, clocks that jump, two who look, code that is gone. */
final class ScheduleTest {
    private static final Task<String, String> REPORT = Task.named("report", String.class, String.class);
    private static final Handler<String, String> HANDLER =
            REPORT.handle((ctx, input) -> input + " " + ctx.scheduledAt().orElseThrow());
    private static final Handler<String, String> OTHER =
            Task.named("other", String.class, String.class).handle((ctx, input) -> input);

    private final Rig rig = new Rig();
    private Engine engine = rig.boot(HANDLER);

    @AfterEach
    void close() {
        rig.close();
    }

    private static Schedule hourly(Missed missed) {
        return Schedule.named("hourly").cron("0 * * * *").missed(missed).task(REPORT, "r");
    }

    private StoredSchedule show() {
        return engine.schedules().show(Namespace.DEFAULT, "hourly");
    }

    /** The planned times of the runs, the oldest first, once nothing is due any more. */
    private List<String> fired() {
        await("nothing is due any more")
                .atMost(Rig.LIMIT)
                .until(() -> show().standing().isPaused()
                        || Objects.requireNonNull(show().standing().next())
                                .isAfter(rig.store().ledger().now()));
        return engine.list(Namespace.DEFAULT, RunFilter.ALL, null, 5_000).reversed().stream()
                .map(ScheduleTest::planned)
                .toList();
    }

    private static String planned(Run run) {
        assertThat(run.origin().tags()).hasSize(2).contains("schedule:hourly");
        return run.origin().tags().getLast().substring("scheduled:2026-01-".length());
    }

    /** The process is gone for so long. */
    private void away(Duration time, Handler<?, ?>... then) {
        engine.close();
        rig.clock.pass(time);
        engine = rig.boot(then);
    }

    @Test
    void aRunKnowsItsScheduleAndItsTime() {
        rig.client().schedule(hourly(Missed.LATEST));
        rig.clock.pass(Duration.ofMinutes(60));
        assertThat(fired()).containsExactly("01T01:00:00Z");
        Run run = engine.list(Namespace.DEFAULT, RunFilter.ALL, null, 9).getFirst();
        var view = rig.awaitEnd(run.id(), Outcome.SUCCEEDED);
        assertThat(view.output()).isEqualTo("\"r 2026-01-01T01:00:00Z\"");
        assertThat(view.snapshots().getFirst().cause()).isEqualTo("start: schedule hourly of 2026-01-01T01:00:00Z");
        assertThat(show().standing().lastRun()).isEqualTo(run.id());
        assertThat(show().standing().lastAt()).isEqualTo("2026-01-01T01:00:00Z");
        assertThat(show().standing().next()).isEqualTo("2026-01-01T02:00:00Z");
    }

    @Test
    void whatWasMissedIsLeftOutIfThatIsDeclared() {
        rig.client().schedule(hourly(Missed.SKIP));
        away(Duration.ofMinutes(210), HANDLER);
        assertThat(fired()).isEmpty();
        rig.clock.pass(Duration.ofMinutes(30));
        assertThat(fired()).containsExactly("01T04:00:00Z");
    }

    @Test
    void whatWasMissedHasOneRunUnlessSomethingElseIsDeclared() {
        rig.client().schedule(hourly(Missed.LATEST));
        away(Duration.ofMinutes(210), HANDLER);
        assertThat(fired()).containsExactly("01T03:00:00Z");
    }

    @Test
    void whatWasMissedIsMadeUpForCompletelyIfThatIsDeclared() {
        rig.client().schedule(hourly(Missed.ALL));
        away(Duration.ofMinutes(210), HANDLER);
        assertThat(fired()).containsExactly("01T01:00:00Z", "01T02:00:00Z", "01T03:00:00Z");
    }

    @Test
    void moreThanAThousandAreMadeUpForInPortionsAndNoneIsLost() {
        rig.client().schedule(hourly(Missed.ALL).cron("*/10 * * * * *"));
        away(Duration.ofMinutes(400), HANDLER);
        assertThat(fired()).hasSize(2_400).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void aClockThatJumpsForwardMakesMissedOnesAndOneThatIsSetBackMakesNone() {
        rig.client().schedule(hourly(Missed.LATEST));
        rig.clock.pass(Duration.ofMinutes(60));
        assertThat(fired()).containsExactly("01T01:00:00Z");
        rig.clock.pass(Duration.ofHours(5));
        assertThat(fired()).containsExactly("01T01:00:00Z", "01T06:00:00Z");
        rig.clock.pass(Duration.ofHours(-5));
        engine.close();
        engine = rig.boot(HANDLER);
        rig.client().schedule(hourly(Missed.LATEST));
        rig.clock.pass(Duration.ofHours(4));
        assertThat(fired()).as("these hours have been").hasSize(2);
        rig.clock.pass(Duration.ofHours(2));
        assertThat(fired()).containsExactly("01T01:00:00Z", "01T06:00:00Z", "01T07:00:00Z");
    }

    @Test
    void whoeverElseLooksFiresNothingTwice() {
        rig.client().schedule(hourly(Missed.ALL));
        // Three engines on one ledger; only the newest is given runs, all of them look.
        rig.boot(HANDLER);
        engine = rig.boot(HANDLER);
        for (int i = 0; i < 20; i++) rig.clock.pass(Duration.ofHours(1));
        assertThat(fired()).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void aScheduleWhoseCodeIsNotHereWaitsForIt() {
        rig.client().schedule(hourly(Missed.ALL));
        away(Duration.ofMinutes(150), OTHER);
        engine.schedules().put(Namespace.DEFAULT, "also", definition("0 * * * *", "other"), null);
        rig.clock.pass(Duration.ofHours(1));
        await("the other one has fired")
                .atMost(Rig.LIMIT)
                .until(() -> engine.schedules()
                                .show(Namespace.DEFAULT, "also")
                                .standing()
                                .lastRun()
                        != null);
        assertThat(show().standing().next()).isEqualTo("2026-01-01T01:00:00Z");
        engine.schedules().delete(Namespace.DEFAULT, "also", null);
        away(Duration.ZERO, HANDLER);
        assertThat(engine.list(Namespace.DEFAULT, new RunFilter(null, "report", null, null, null), null, 9))
                .hasSizeLessThanOrEqualTo(3);
        await("all three have come")
                .atMost(Rig.LIMIT)
                .until(() -> engine.list(Namespace.DEFAULT, new RunFilter(null, "report", null, null, null), null, 9)
                                .size()
                        == 3);
    }

    @Test
    void oneThatCannotFireStaysDueAndKeepsNoOtherWaiting() {
        engine.schedules().put(Namespace.DEFAULT, "hourly", definition("0 * * * *", "report"), null);
        // Code of another version, whose runs need a lane.
        var ordered = Task.named("report", String.class, String.class)
                .lane(input -> "l")
                .handle((ctx, input) -> input);
        away(Duration.ofMinutes(30), ordered, OTHER);
        engine.schedules().put(Namespace.DEFAULT, "z", definition("0 * * * *", "other"), null);
        rig.clock.pass(Duration.ofHours(2));
        await("the other one has fired")
                .atMost(Rig.LIMIT)
                .until(() -> engine.schedules()
                                .show(Namespace.DEFAULT, "z")
                                .standing()
                                .lastRun()
                        != null);
        assertThat(show().standing().next()).isEqualTo("2026-01-01T01:00:00Z");
        engine.schedules().delete(Namespace.DEFAULT, "z", null);
        away(Duration.ZERO, HANDLER);
        await("it has fired").atMost(Rig.LIMIT).until(() -> show().standing().lastRun() != null);
        assertThat(show().standing().lastAt()).isEqualTo("2026-01-01T02:00:00Z");
    }

    @Test
    void anInputThatDoesNotFitTheCodeAnyMoreIsARunThatFails() {
        rig.client().schedule(hourly(Missed.LATEST));
        var numbers = Task.named("report", Integer.class, String.class)
                .retry(Retry.none())
                .handle((ctx, input) -> "n");
        away(Duration.ofMinutes(90), numbers);
        assertThat(fired()).containsExactly("01T01:00:00Z");
        Run run = engine.list(Namespace.DEFAULT, RunFilter.ALL, null, 9).getFirst();
        rig.awaitEnd(run.id(), Outcome.FAILED);
    }

    private static StoredSchedule.Definition definition(String cron, String task) {
        return new StoredSchedule.Definition(cron, "UTC", Missed.LATEST, task, "\"r\"", null, null);
    }

    @Test
    void theSameDefinitionAgainChangesNothing() {
        rig.client().schedule(hourly(Missed.LATEST));
        StoredSchedule before = show();
        rig.clock.pass(Duration.ofMinutes(30));
        rig.client().schedule(hourly(Missed.LATEST));
        assertThat(show()).isEqualTo(before);
        // Also when it is due and has not fired yet: nothing is lost by declaring it at a boot.
        engine.close();
        rig.clock.pass(Duration.ofMinutes(90));
        engine = rig.boot(HANDLER);
        rig.client().schedule(hourly(Missed.LATEST));
        assertThat(fired()).containsExactly("01T02:00:00Z");
    }

    @Test
    void anotherDefinitionTakesItsPlaceFromNowOn() {
        rig.client().schedule(hourly(Missed.LATEST));
        rig.clock.pass(Duration.ofMinutes(59));
        rig.client().schedule(hourly(Missed.LATEST).cron("30 * * * *"));
        assertThat(show().standing().next()).isEqualTo("2026-01-01T01:30:00Z");
        rig.clock.pass(Duration.ofMinutes(31));
        assertThat(fired()).containsExactly("01T01:30:00Z");
    }

    @Test
    void whatWouldHaveFiredDuringAPauseIsNotMadeUpFor() {
        rig.client().schedule(hourly(Missed.ALL));
        engine.schedules().pause(Namespace.DEFAULT, "hourly", null);
        rig.clock.pass(Duration.ofHours(3));
        rig.client().schedule(hourly(Missed.ALL));
        assertThat(show().standing().isPaused()).as("declared again").isTrue();
        engine.schedules().resume(Namespace.DEFAULT, "hourly", null);
        assertThat(show().standing().next()).isEqualTo("2026-01-01T04:00:00Z");
        rig.clock.pass(Duration.ofHours(1));
        assertThat(fired()).containsExactly("01T04:00:00Z");
    }

    @Test
    void aRequestIsCarriedOutOnce() {
        var schedules = engine.schedules();
        schedules.put(Namespace.DEFAULT, "hourly", definition("0 * * * *", "report"), "r1");
        schedules.put(Namespace.DEFAULT, "hourly", definition("30 * * * *", "report"), "r2");
        var late = schedules.put(Namespace.DEFAULT, "hourly", definition("0 * * * *", "report"), "r1");
        assertThat(late.definition().cron()).isEqualTo("30 * * * *");
        schedules.delete(Namespace.DEFAULT, "hourly", "r3");
        schedules.delete(Namespace.DEFAULT, "hourly", "r3");
        refused("schedule_unknown", () -> schedules.delete(Namespace.DEFAULT, "hourly", "r4"));
        refused("schedule_unknown", () -> schedules.delete(Namespace.DEFAULT, "hourly", null));
        refused("schedule_unknown", () -> schedules.pause(Namespace.DEFAULT, "hourly", null));
        refused("schedule_unknown", () -> schedules.resume(Namespace.DEFAULT, "hourly", "r5"));
        refused(
                "request_id_reused",
                () -> schedules.put(Namespace.DEFAULT, "hourly", definition("1 * * * *", "report"), "r1"));
    }

    @Test
    void whatCannotFireIsRefusedWhenItIsDeclared() {
        var schedules = engine.schedules();
        refused("cron_invalid", () -> schedules.put(Namespace.DEFAULT, "s", definition("61 * * * *", "report"), null));
        refused("task_unknown", () -> schedules.put(Namespace.DEFAULT, "s", definition("* * * * *", "no"), null));
        refused("zone_unknown", () -> rig.client().schedule(hourly(Missed.ALL).zone("Mars")));
        refused("cron_invalid", () -> rig.client().schedule(Schedule.named("s").task(REPORT, "r")));
        refused("task_unknown", () -> rig.client().schedule(Schedule.named("s").cron("* * * * *")));
        refused(
                "name_invalid",
                () -> schedules.put(Namespace.DEFAULT, "s".repeat(195), definition("* * * * *", "report"), null));
        var number = new StoredSchedule.Definition("* * * * *", "UTC", Missed.ALL, "report", "{}", null, null);
        refused("input_invalid", () -> schedules.put(Namespace.DEFAULT, "s", number, null));
        assertThat(schedules.list(Namespace.DEFAULT, null, 9)).isEmpty();
    }

    private static void refused(String code, Runnable what) {
        assertThatThrownBy(what::run)
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void aFiringWhoseAnswerWasLostIsNotRepeated() {
        rig.client().schedule(hourly(Missed.LATEST));
        rig.ledger().loseTheAnswer(run -> run.origin().tags().contains("schedule:hourly"));
        rig.clock.pass(Duration.ofHours(1));
        assertThat(fired()).containsExactly("01T01:00:00Z");
        rig.clock.pass(Duration.ofHours(1));
        assertThat(fired()).containsExactly("01T01:00:00Z", "01T02:00:00Z");
    }

    @Test
    void aFullDiskDelaysAFiringAndLosesNone() {
        rig.client().schedule(hourly(Missed.ALL));
        rig.ledger().full(true);
        rig.clock.pass(Duration.ofHours(3));
        assertThat(show().standing().next()).isEqualTo(Instant.parse("2026-01-01T01:00:00Z"));
        rig.ledger().full(false);
        assertThat(fired()).hasSize(3);
    }
}
