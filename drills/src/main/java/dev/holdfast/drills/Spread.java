package dev.holdfast.drills;

import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * How long something took, in microseconds.
 *
 * @param count how often it was measured
 * @param p50 half of them took no longer
 * @param p99 99 of a hundred took no longer
 * @param max none took longer
 */
record Spread(int count, long p50, long p99, long max) {
    static Spread of(Collection<Long> micros) {
        List<Long> sorted = micros.stream().sorted().toList();
        return sorted.isEmpty()
                ? new Spread(0, 0, 0, 0)
                : new Spread(sorted.size(), rank(sorted, 50), rank(sorted, 99), sorted.getLast());
    }

    /** The nearest rank: a value that was measured. */
    private static long rank(List<Long> sorted, int percent) {
        int rank = (sorted.size() * percent + 99) / 100;
        return sorted.get(Math.max(1, rank) - 1);
    }

    /** For people. */
    String words() {
        if (count == 0) return "(never)";
        return millis(p50) + " (p50), " + millis(p99) + " (p99), " + millis(max) + " (max)";
    }

    private static String millis(long micros) {
        return String.format(Locale.ROOT, "%.0f ms", micros / 1_000.0);
    }
}
