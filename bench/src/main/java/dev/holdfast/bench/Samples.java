package dev.holdfast.bench;

import java.util.Arrays;
import java.util.Collection;

/** Durations in nanoseconds, all of them kept. For one thread. */
final class Samples {
    private long[] values = new long[1_024];
    private int count;

    void add(long nanos) {
        if (count == values.length) values = Arrays.copyOf(values, 2 * count);
        values[count++] = nanos;
    }

    int count() {
        return count;
    }

    static Samples merged(Collection<Samples> parts) {
        var all = new Samples();
        all.values =
                new long[Math.max(1, parts.stream().mapToInt(Samples::count).sum())];
        for (Samples part : parts) {
            System.arraycopy(part.values, 0, all.values, all.count, part.count);
            all.count += part.count;
        }
        return all;
    }

    /** The smallest value that is not exceeded by this part of them, in milliseconds; NaN if there is none. */
    double millis(double part) {
        if (count == 0) return Double.NaN;
        long[] sorted = Arrays.copyOf(values, count);
        Arrays.sort(sorted);
        int rank = (int) Math.ceil(part * count) - 1;
        return sorted[Math.clamp(rank, 0, count - 1)] / 1e6;
    }
}
