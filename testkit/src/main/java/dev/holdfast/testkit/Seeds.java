package dev.holdfast.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/**
 * Seeded loops: a property is tried with many seeds, and a failure names the one that failed, so that it can be repeated
 * with {@code -Dseed=N} alone.
 *
 * <pre>{@code Seeds.each(200, seed -> assertThat(property(new Random(seed))).isTrue()); }</pre>
 */
public final class Seeds {
    private Seeds() {}

    /** All of them where everything is tested ({@link Extent}); otherwise a third, which takes a third of the time. */
    public static int some(int all) {
        return Extent.now() == Extent.ALL ? all : Math.ceilDiv(all, 3);
    }

    /** What is tried with one seed; it throws if the property does not hold. */
    @FunctionalInterface
    public interface Property {
        void holdsFor(long seed) throws Exception;
    }

    /**
     * Tries a property with seeds; with {@code -Dseed=N} only with that one.
     *
     * @throws AssertionError that names the seed and carries what was thrown
     */
    public static void each(int times, Property property) {
        Long only = Long.getLong("seed");
        if (only != null) {
            once(only, property);
            return;
        }
        long first = ThreadLocalRandom.current().nextLong(1_000_000_000);
        for (int i = 0; i < times; i++) once(first + i, property);
    }

    private static void once(long seed, Property property) {
        try {
            property.holdsFor(seed);
        } catch (Exception | AssertionError e) {
            throw new AssertionError(
                    "fails for seed " + seed + " (repeat with -Dseed=" + seed + "): " + e.getMessage(), e);
        }
    }

    /**
     * Drops what is not needed for a failure: first large pieces, then single elements, until nothing more can go.
     *
     * @param failing a list that fails
     * @param fails whether a list still fails
     * @return a list that fails, and does not any more if one element is dropped
     */
    public static <T> List<T> shrink(List<T> failing, Predicate<List<T>> fails) {
        List<T> smallest = List.copyOf(failing);
        for (int piece = Math.max(1, smallest.size() / 2); piece >= 1; piece /= 2) {
            boolean dropped = true;
            while (dropped) {
                dropped = false;
                for (int from = 0; from < smallest.size(); from += piece) {
                    List<T> without = new ArrayList<>(smallest.subList(0, from));
                    without.addAll(smallest.subList(Math.min(smallest.size(), from + piece), smallest.size()));
                    if (without.size() < smallest.size() && fails.test(List.copyOf(without))) {
                        smallest = List.copyOf(without);
                        dropped = true;
                        break;
                    }
                }
            }
        }
        return smallest;
    }
}
