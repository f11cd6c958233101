package dev.holdfast.testkit;

import java.time.Duration;
import java.util.Arrays;

/**
 * How long something usually takes, whatever else the machine does for a moment.
 *
 * <pre>{@code assertThat(Median.of(20, () -> claim(10))).isLessThan(Duration.ofMillis(250)); }</pre>
 */
public final class Median {
    private Median() {}

    /** Of so many times, half were not slower. */
    public static Duration of(int times, Runnable what) {
        long[] nanos = new long[times];
        for (int i = 0; i < times; i++) {
            long began = System.nanoTime();
            what.run();
            nanos[i] = System.nanoTime() - began;
        }
        Arrays.sort(nanos);
        return Duration.ofNanos(nanos[times / 2]);
    }
}
