package dev.holdfast.postgres.ladder;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When a replica that fails is asked. */
class BreakerTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Breaker breaker = new Breaker();

    @Test
    void oneFailureIsNoReason() {
        assertThat(breaker.failed(0)).isFalse();
        assertThat(breaker.failed(0)).isFalse();
        assertThat(breaker.admits(0)).isTrue();
        assertThat(breaker.answered()).isFalse();
        assertThat(breaker.failed(0)).isFalse();
        assertThat(breaker.admits(0)).isTrue();
    }

    @Test
    void severalInARowAre() {
        open();
        assertThat(breaker.admits(SECOND - 1)).isFalse();
    }

    @Test
    void thenOneAtATimeTriesItAtMostOnceASecond() {
        open();
        assertThat(breaker.admits(SECOND)).isTrue();
        assertThat(breaker.admits(9 * SECOND))
                .as("while the other has no answer")
                .isFalse();
        assertThat(breaker.failed(9 * SECOND)).isFalse();
        assertThat(breaker.admits(10 * SECOND - 1)).isFalse();
        assertThat(breaker.admits(10 * SECOND)).isTrue();
    }

    @Test
    void theFirstAnswerEndsIt() {
        open();
        assertThat(breaker.admits(SECOND)).isTrue();
        assertThat(breaker.answered()).isTrue();
        assertThat(breaker.admits(SECOND)).isTrue();
        assertThat(breaker.admits(SECOND)).isTrue();
        assertThat(breaker.answered()).isFalse();
    }

    private void open() {
        breaker.failed(0);
        breaker.failed(0);
        assertThat(breaker.failed(0)).isTrue();
    }
}
