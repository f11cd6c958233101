package dev.holdfast.core;

/**
 * The place of a step in its run: a number taken at the call, never by arrival. Two calls have the same key in every
 * replay, or the code is not deterministic.
 *
 * <p>Its text is a path, so that branches can have counters of their own one day. A <em>marker</em> takes no number: it
 * remembers a fact about the run (which changes of the code it is new enough for).
 *
 * @param path {@code "3"}, or {@code "changed/new-pricing"}
 */
public record StepKey(String path) implements Comparable<StepKey> {
    /** The marker of a rerun that says whose numbers its code draws: what was recorded came from those. */
    public static final StepKey RANDOM = new StepKey("random");

    /** The key with this number, from 1. */
    public static StepKey of(int number) {
        return new StepKey(Integer.toString(number));
    }

    /** The key of a marker: it has the number 0. */
    public static StepKey marker(String name) {
        return new StepKey("changed/" + name);
    }

    /** Its number, 0 for a marker. */
    public int number() {
        return Character.isDigit(path.charAt(0)) ? Integer.parseInt(path) : 0;
    }

    @Override
    public int compareTo(StepKey other) {
        int byNumber = Integer.compare(number(), other.number());
        return byNumber != 0 ? byNumber : path.compareTo(other.path);
    }

    @Override
    public String toString() {
        return path;
    }
}
