package dev.holdfast.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class LedgerClockTest {
    private final ManualClock machine = new ManualClock();
    private final Instant begin = machine.now();
    private final LedgerClock clock = new LedgerClock(machine, 0);

    @Test
    void itIsTheMachinesClock() {
        assertThat(clock.now()).isEqualTo(begin);
        machine.pass(Duration.ofSeconds(1));
        assertThat(clock.now()).isEqualTo(begin.plusSeconds(1));
    }

    @Test
    void itGoesOnMoreSlowlyWhileTheMachinesClockIsBehindUntilTheTwoMeet() {
        clock.now();
        machine.pass(Duration.ofHours(-1));
        assertThat(clock.now()).as("it never goes back").isEqualTo(begin);
        machine.pass(Duration.ofSeconds(10));
        assertThat(clock.now()).isEqualTo(begin.plusMillis(9_000));
        for (int i = 0; i < 10; i++) {
            machine.pass(Duration.ofHours(1));
            clock.now();
        }
        assertThat(clock.now()).isEqualTo(machine.now());
    }

    @Test
    void anInstantOfAWrongClockThatWasStoredDoesNotStopTime() {
        var after = new LedgerClock(machine, begin.plus(Duration.ofDays(365)).toEpochMilli());
        Instant first = after.now();
        machine.pass(Duration.ofHours(1));
        assertThat(Duration.between(first, after.now()).toMinutes()).isEqualTo(54);
    }

    @Test
    void askingOftenDoesNotSlowItDown() {
        clock.now();
        machine.pass(Duration.ofHours(-1));
        for (int i = 0; i < 1_000; i++) {
            machine.pass(Duration.ofMillis(1));
            clock.now();
        }
        assertThat(clock.now()).isEqualTo(begin.plusMillis(900));
    }
}
