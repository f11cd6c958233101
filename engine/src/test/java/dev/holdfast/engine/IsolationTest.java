package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Holder;
import dev.holdfast.engine.port.Peers;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class IsolationTest {
    private final Isolation isolation = new Isolation(Peers.alone(new Holder(Holder.Kind.NODE, 1, 1)));
    private final Instant begin = Instant.parse("2026-01-01T00:00:00Z");

    private Company busyAt(Duration time, boolean suspectWaits) {
        isolation.look(suspectWaits ? begin : null, begin.plus(time));
        return isolation.company(true, false);
    }

    @Test
    void theDoorClosesForASuspectThatHasWaitedLongAndOpensWhenNoneWaits() {
        assertThat(busyAt(Duration.ofSeconds(29), true)).isEqualTo(Company.OTHERS);
        assertThat(busyAt(Duration.ofSeconds(30), true)).isEqualTo(Company.CLEARING);
        assertThat(isolation.company(false, false)).isEqualTo(Company.CLEARED);
        assertThat(isolation.company(false, true)).isEqualTo(Company.A_SUSPECT);
        assertThat(busyAt(Duration.ofSeconds(40), false)).isEqualTo(Company.OTHERS);
        assertThat(isolation.company(false, false)).isEqualTo(Company.NOBODY);
    }

    @Test
    void othersGetAtLeastHalfOfTheTimeHoweverManySuspectsWait() {
        int closed = 0;
        int all = 3_600;
        for (int second = 0; second < all; second++) {
            if (busyAt(Duration.ofSeconds(second), true) == Company.CLEARING) closed++;
        }
        assertThat(closed).isBetween(all / 3, all / 2);
    }
}
