package dev.holdfast.cli;

import java.time.Duration;

/** Durations for people. */
final class Times {
    private Times() {}

    /** Coarse: {@code 12s}, {@code 5m}, {@code 3h}, {@code 2d}. */
    static String age(Duration time) {
        long seconds = Math.max(0, time.toSeconds());
        if (seconds < 120) return seconds + "s";
        if (seconds < 7_200) return seconds / 60 + "m";
        if (seconds < 172_800) return seconds / 3_600 + "h";
        return seconds / 86_400 + "d";
    }

    /** Fine: {@code +12 ms}, {@code +3.4 s}, {@code +5 m 10 s}. */
    static String since(Duration time) {
        long millis = Math.max(0, time.toMillis());
        if (millis < 1_000) return "+" + millis + " ms";
        if (millis < 120_000) return "+" + millis / 1_000 + "." + millis % 1_000 / 100 + " s";
        return "+" + millis / 60_000 + " m " + millis % 60_000 / 1_000 + " s";
    }
}
