package dev.holdfast.engine.port;

import dev.holdfast.core.Defaults;
import java.time.Duration;
import java.time.Instant;

/**
 * How often runs of a queue are claimed: in no time of this length more than this often. Every claim counts, be it the
 * first of a run, one after a failure or a loss, or one after a wait: a rate protects what the code calls.
 *
 * @param count 1 to {@link Defaults#RATE_COUNT}
 * @param per 1 ms to {@link Defaults#RATE_PER}, in whole milliseconds
 */
public record Rate(int count, Duration per) {
    public boolean isValid() {
        return count >= 1
                && count <= Defaults.RATE_COUNT
                && per.compareTo(Duration.ofMillis(1)) >= 0
                && per.compareTo(Defaults.RATE_PER) <= 0
                && per.equals(Duration.ofMillis(per.toMillis()));
    }

    /**
     * When a claim is possible.
     *
     * @param claimed the instant of the claim that is the {@code count}-th from the newest backwards
     */
    public Instant after(Instant claimed) {
        return claimed.plus(per);
    }

    /** Such as {@code 100 per 60 s}. */
    @Override
    public String toString() {
        long millis = per.toMillis();
        return count + " per " + (millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms");
    }
}
