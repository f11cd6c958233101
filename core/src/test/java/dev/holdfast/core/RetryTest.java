package dev.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryTest {
    @Test
    void doublesUpToTheCap() {
        var retry = Retry.exponential(9).startingAt(Duration.ofMillis(100)).cappedAt(Duration.ofSeconds(1));
        assertThat(retry.delay(1, 0.5)).isEqualTo(Duration.ofMillis(100));
        assertThat(retry.delay(2, 0.5)).isEqualTo(Duration.ofMillis(200));
        assertThat(retry.delay(4, 0.5)).isEqualTo(Duration.ofMillis(800));
        assertThat(retry.delay(5, 0.5)).isEqualTo(Duration.ofSeconds(1));
        assertThat(retry.delay(1_000_000, 0.5)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void staysWithinItsJitterAndNeverOverflows() {
        Seeds.each(2_000, seed -> {
            var random = new Random(seed);
            Duration first = duration(random);
            Duration cap = duration(random);
            double factor = 1 + random.nextInt(5) * random.nextDouble();
            double jitter = random.nextDouble();
            var retry = new Retry(1 + random.nextInt(50), first, factor, cap, jitter);
            int failures = 1 + random.nextInt(random.nextBoolean() ? 5 : Integer.MAX_VALUE - 1);
            Duration delay = retry.delay(failures, random.nextDouble());
            assertThat(delay.isNegative()).isFalse();
            double grown = first.isZero() ? 0 : millis(first) * Math.pow(factor, failures - 1.0);
            double plain = Math.min(millis(cap), grown);
            double longest = Defaults.LONGEST.toMillis();
            double least = Math.min(longest, plain * (1 - jitter) - 1);
            double most = Math.min(longest, plain * (1 + jitter) + 1);
            assertThat((double) delay.toMillis()).isBetween(least, most);
        });
    }

    @Test
    void noDelayIsLongerThanTheLongestThatAnyTimerTakes() {
        Duration thousandYears = Duration.ofDays(365_000);
        assertThat(Retry.fixed(3, thousandYears).delay(1, 0.5)).isEqualTo(Defaults.LONGEST);
        assertThat(new Retry(3, thousandYears, 2, thousandYears, 1).delay(2, 0.99))
                .isEqualTo(Defaults.LONGEST);
    }

    @Test
    void noneHasOneAttempt() {
        assertThat(Retry.none().maxAttempts()).isEqualTo(1);
        assertThat(Retry.fixed(3, Duration.ofSeconds(2)).delay(2, 0.9)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void refusesWhatMakesNoSense() {
        Duration one = Duration.ofSeconds(1);
        assertThatThrownBy(() -> new Retry(0, one, 1, one, 0)).hasMessageContaining("maxAttempts");
        assertThatThrownBy(() -> new Retry(1, one, 0.9, one, 0)).hasMessageContaining("factor");
        assertThatThrownBy(() -> new Retry(1, one, Double.NaN, one, 0)).hasMessageContaining("factor");
        assertThatThrownBy(() -> new Retry(1, one, 1, one, 1.1)).hasMessageContaining("jitter");
        assertThatThrownBy(() -> new Retry(1, one.negated(), 1, one, 0)).hasMessageContaining("negative");
    }

    private static Duration duration(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Duration.ZERO;
            case 1 -> Duration.ofSeconds(Long.MAX_VALUE);
            case 2 -> Duration.ofNanos(random.nextInt(Integer.MAX_VALUE));
            default -> Duration.ofMillis(random.nextInt(10_000_000));
        };
    }

    private static double millis(Duration time) {
        return time.getSeconds() * 1e3 + time.getNano() / 1e6;
    }
}
