package dev.holdfast.core;

import java.time.Duration;

/**
 * When a failure is tried again. Data, so that it can be stored, shown and evaluated by any language.
 *
 * <p>The delay after failure {@code n} is {@code min(cap, first * factor^(n-1))}, plus or minus up to {@code jitter} of
 * itself.
 *
 * <pre>{@code Retry.exponential(5).startingAt(Duration.ofMillis(100)).cappedAt(Duration.ofMinutes(1)) }</pre>
 *
 * @param maxAttempts at least 1; the first try counts
 * @param first the delay after the first failure
 * @param factor at least 1
 * @param cap no delay is longer than this before jitter
 * @param jitter from 0 to 1
 */
public record Retry(int maxAttempts, Duration first, double factor, Duration cap, double jitter) {
    public Retry {
        if (maxAttempts < 1) throw new IllegalArgumentException("maxAttempts must be at least 1, is " + maxAttempts);
        if (!(factor >= 1)) throw new IllegalArgumentException("factor must be at least 1, is " + factor);
        if (!(jitter >= 0 && jitter <= 1)) throw new IllegalArgumentException("jitter must be 0 to 1, is " + jitter);
        if (first.isNegative() || cap.isNegative()) throw new IllegalArgumentException("a delay cannot be negative");
    }

    /** One try, no retry. */
    public static Retry none() {
        return new Retry(1, Duration.ZERO, 1, Duration.ZERO, 0);
    }

    /** From one second on, doubling, at most an hour, jittered by a fifth. */
    public static Retry exponential(int maxAttempts) {
        return new Retry(maxAttempts, Duration.ofSeconds(1), 2, Duration.ofHours(1), 0.2);
    }

    /** Always the same delay. */
    public static Retry fixed(int maxAttempts, Duration delay) {
        return new Retry(maxAttempts, delay, 1, delay, 0);
    }

    public Retry startingAt(Duration delay) {
        return new Retry(maxAttempts, delay, factor, cap, jitter);
    }

    public Retry cappedAt(Duration limit) {
        return new Retry(maxAttempts, first, factor, limit, jitter);
    }

    /**
     * The delay after a failure, at most {@link Defaults#LONGEST}.
     *
     * @param failures how many there have been, at least 1
     * @param dice a random number from 0 (inclusive) to 1 (exclusive); 0.5 gives the delay without jitter
     */
    public Duration delay(int failures, double dice) {
        double plain = Math.min(millis(cap), millis(first) * Math.pow(factor, failures - 1.0));
        return Defaults.atMostLongest(Duration.ofMillis(Math.round(plain * (1 + jitter * (2 * dice - 1)))));
    }

    /** As a double, which no duration overflows. */
    private static double millis(Duration time) {
        return time.getSeconds() * 1e3 + time.getNano() / 1e6;
    }
}
