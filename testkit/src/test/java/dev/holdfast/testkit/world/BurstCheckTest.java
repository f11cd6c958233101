package dev.holdfast.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Run;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A check of bursts that has never said no is not one. */
final class BurstCheckTest {
    private static final Duration QUIET = Duration.ofMillis(100);

    private final Past past = new Past();

    private void assertViolation(String part) {
        assertThat(BurstCheck.violations(past.events))
                .anySatisfy(v -> assertThat(v).contains(part));
    }

    @Test
    void twoBurstsOneAfterTheOther() {
        Run run = past.begins("1", QUIET);
        past.told("burst 1", run);
        past.pass(50);
        run = past.postponed(run, "2", QUIET);
        past.told("burst 2", run);
        past.pass(100);
        past.claimed(run, "2");
        Run next = past.begins("3", QUIET);
        past.told("burst 3", next);
        past.pass(100);
        past.claimed(next, "3");
        assertThat(BurstCheck.violations(past.events)).isEmpty();
    }

    @Test
    void twoRunsOfOneBurstAreSeen() {
        past.begins("1", QUIET);
        past.begins("2", QUIET);
        assertViolation("for which run_");
    }

    @Test
    void anInputThatIsNotTheLastIsSeen() {
        Run run = past.postponed(past.begins("1", QUIET), "2", QUIET);
        past.pass(100);
        past.claimed(run, "1");
        assertViolation("it was begun with 1, the last start is 2");
    }

    @Test
    void aRunThatDoesNotWaitAnewIsSeen() {
        Run first = past.begins("1", QUIET);
        past.pass(50);
        past.postponed(first, "2", QUIET);
        past.pass(60);
        past.claimed(first, "2");
        assertViolation("quiet is");
    }

    @Test
    void aStartThatWaitsForNothingIsSeen() {
        Run run = past.begins("1", QUIET);
        past.pass(100);
        past.add(new Event.Postponed(past.now, past.now, run, "2"));
        assertViolation("start 2 does not have it wait");
    }

    @Test
    void aStartAfterTheFirstClaimIsSeen() {
        Run run = past.begins("1", QUIET);
        past.pass(100);
        past.claimed(run, "1");
        past.postponed(run, "2", QUIET);
        assertViolation("it was given 2 when its burst was over");
    }

    @Test
    void aStartThatCountsTwiceIsSeen() {
        Run run = past.postponed(past.begins("1", QUIET), "2", QUIET);
        past.postponed(run, "2", QUIET);
        assertViolation("start 2 counts twice");
    }

    @Test
    void anAcknowledgedStartThatWentNowhereIsSeen() {
        Run run = past.begins("1", QUIET);
        past.told("burst 2", run);
        assertViolation("start 2 was acknowledged for it, and is null");
    }
}
