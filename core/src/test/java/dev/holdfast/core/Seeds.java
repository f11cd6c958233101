package dev.holdfast.core;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/** Seeded loops. {@code -Dseed=N} runs one seed alone: the one that a failure has printed. */
final class Seeds {
    private Seeds() {}

    static void each(int count, LongConsumer property) {
        Long only = Long.getLong("seed");
        long first = only != null ? only : System.nanoTime();
        for (long seed = first; seed < first + (only != null ? 1 : count); seed++) {
            try {
                property.accept(seed);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed " + seed + " fails (repeat it with -Dseed=" + seed + "): " + e.getMessage(), e);
            }
        }
    }

    /** The shortest list that still fails, found by dropping pieces, large ones first. */
    static <T> List<T> shrink(List<T> list, Predicate<List<T>> fails) {
        List<T> shortest = list;
        for (int piece = Math.max(1, list.size() / 2); piece > 0; piece /= 2) {
            int from = 0;
            while (from < shortest.size()) {
                var shorter = new ArrayList<T>(shortest.subList(0, from));
                shorter.addAll(shortest.subList(Math.min(from + piece, shortest.size()), shortest.size()));
                if (fails.test(shorter)) shortest = shorter;
                else from += piece;
            }
        }
        return shortest;
    }
}
