package dev.holdfast.core.stream;

import dev.holdfast.core.StepKey;

/**
 * Who sent a chunk: one try of a step, or the body between steps.
 *
 * <p>Its text is {@code key/tries}: {@code 3/1} is the first try of step 3, {@code 3/0} was sent between steps, before
 * key 3 was taken.
 *
 * @param key of the step; between steps the next key that will be taken
 * @param tries which try of the step, from 1; 0 between steps
 */
public record Source(StepKey key, int tries) {
    public static Source step(StepKey key, int tries) {
        return new Source(key, tries);
    }

    public static Source between(int nextKey) {
        return new Source(StepKey.of(nextKey), 0);
    }

    /** The source with this text. */
    public static Source parse(String text) {
        int slash = text.lastIndexOf('/');
        return new Source(new StepKey(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    public boolean isBetweenSteps() {
        return tries == 0;
    }

    @Override
    public String toString() {
        return key + "/" + tries;
    }
}
