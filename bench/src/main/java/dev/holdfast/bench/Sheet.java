package dev.holdfast.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was measured: for each line a value from each round. */
final class Sheet {
    private final Map<String, Map<Line, List<Double>>> loads = new LinkedHashMap<>();

    void add(Line line, double value) {
        loads.computeIfAbsent(line.load(), l -> new LinkedHashMap<>())
                .computeIfAbsent(line, l -> new ArrayList<>())
                .add(value);
    }

    void add(Line line, long value) {
        add(line, (double) value);
    }

    /** In the order in which they were measured first. */
    List<String> loads() {
        return List.copyOf(loads.keySet());
    }

    List<Line> lines(String load) {
        return List.copyOf(loads.getOrDefault(load, Map.of()).keySet());
    }

    List<Line> lines() {
        return loads.keySet().stream().flatMap(load -> lines(load).stream()).toList();
    }

    /** In the order of the rounds. */
    List<Double> of(Line line) {
        return List.copyOf(loads.getOrDefault(line.load(), Map.of()).getOrDefault(line, List.of()));
    }

    /** Of all rounds; of an even number of them, the lower one. NaN if it was not measured. */
    double median(Line line) {
        List<Double> sorted = of(line).stream().sorted().toList();
        return sorted.isEmpty() ? Double.NaN : sorted.get((sorted.size() - 1) / 2);
    }
}
