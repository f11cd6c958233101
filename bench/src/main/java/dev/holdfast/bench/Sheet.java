package dev.holdfast.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/** What was measured: for each line a value from each round. */
final class Sheet {
    private final Map<Line, List<Double>> values = new LinkedHashMap<>();

    void add(Line line, double value) {
        values.computeIfAbsent(line, l -> new ArrayList<>()).add(value);
    }

    /** In the order in which they were measured first. */
    SequencedSet<Line> lines() {
        return ((LinkedHashMap<Line, List<Double>>) values).sequencedKeySet();
    }

    /** The value of the newest round. */
    double newest(Line line) {
        return of(line).getLast();
    }

    /** Of all rounds; of an even number of them, the lower one. NaN if it was not measured. */
    double median(Line line) {
        List<Double> sorted = of(line).stream().sorted().toList();
        return sorted.isEmpty() ? Double.NaN : sorted.get((sorted.size() - 1) / 2);
    }

    /** In the order of the rounds. */
    List<Double> of(Line line) {
        return values.getOrDefault(line, List.of());
    }
}
