package dev.holdfast.testkit;

import java.time.Duration;

/**
 * How long something takes when nothing else is in its way, which no other load of the machine changes: what is slow by itself is
 * slow each time.
 *
 * <pre>{@code assertThat(Shortest.of(20, () -> claim(10))).isLessThan(Duration.ofMillis(250)); }</pre>
 */
public final class Shortest {
    private Shortest() {}

    /** The shortest of so many times. */
    public static Duration of(int times, Runnable what) {
        long shortest = Long.MAX_VALUE;
        for (int i = 0; i < times; i++) {
            long began = System.nanoTime();
            what.run();
            shortest = Math.min(shortest, System.nanoTime() - began);
        }
        return Duration.ofNanos(shortest);
    }
}
