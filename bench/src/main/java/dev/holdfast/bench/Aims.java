package dev.holdfast.bench;

import java.util.ArrayList;
import java.util.List;

/** What we want to reach, and whether it was. */
final class Aims {
    private static final double LEAST_RUNS = 10_000;
    private static final double LEAST_OF_FLOOR = 0.4;
    private static final double LEAST_BATCH = 10;

    private Aims() {}

    /** A sentence for each aim of what was measured. */
    static List<String> of(Sheet sheet) {
        var all = new ArrayList<String>();
        add(all, sheet, NoopRuns.runs(NoopRuns.IN_FLIGHT), LEAST_RUNS);
        add(all, sheet, NoopRuns.ofFloor(NoopRuns.IN_FLIGHT), LEAST_OF_FLOOR);
        add(all, sheet, NoopRuns.ofFloor(NoopRuns.CLIENTS), LEAST_OF_FLOOR);
        add(all, sheet, NoopRuns.batch(NoopRuns.CLIENTS), LEAST_BATCH);
        return all;
    }

    private static void add(List<String> all, Sheet sheet, Line line, double least) {
        double median = sheet.median(line);
        if (Double.isNaN(median)) return;
        all.add((median >= least ? "reached: " : "missed:  ")
                + line.load() + ": " + line.name() + " at least "
                + line.unit().write(least) + "; it is " + line.unit().write(median));
    }
}
