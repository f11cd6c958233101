package dev.holdfast.drills;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Whether who was told to end is replaced as soon as who was killed. */
class RollingRestartTest {
    private static final Spread KILLED = Spread.of(List.of(90_000L, 110_000L, 420_000L));

    @Test
    void who_is_told_to_end_and_is_waited_for_is_found() {
        var told = Spread.of(List.of(80_000L, 5_020_000L, 5_040_000L));

        assertThat(RollingRestart.slower(told, KILLED))
                .hasValue("runs of a node that was told to end went on after 5020 ms (p50),"
                        + " and those of one that was killed after 420 ms (max)");
    }

    @Test
    void who_is_as_slow_as_one_of_those_that_were_killed_is_no_slower() {
        assertThat(RollingRestart.slower(Spread.of(List.of(80_000L, 500_000L, 5_040_000L)), KILLED))
                .isEmpty();
    }
}
