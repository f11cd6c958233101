package dev.holdfast.peers;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Durations in nanoseconds, all of them kept. For any number of threads. */
final class Samples {
    private final ConcurrentLinkedQueue<Long> values = new ConcurrentLinkedQueue<>();

    void add(long nanos) {
        values.add(nanos);
    }

    /** The smallest value that is not exceeded by this part of them, in milliseconds; NaN if there is none. */
    double millis(double part) {
        List<Long> sorted = values.stream().sorted().toList();
        if (sorted.isEmpty()) return Double.NaN;
        int rank = (int) Math.ceil(part * sorted.size()) - 1;
        return sorted.get(Math.clamp(rank, 0, sorted.size() - 1)) / 1e6;
    }
}
