package dev.holdfast.core;

import java.util.List;
import java.util.function.Predicate;

/**
 * What a blocked run goes on with: one of these steps, or all of them.
 *
 * @param need how many of them
 * @param keys at least one
 */
public record Waiting(Need need, List<StepKey> keys) {
    public enum Need {
        ANY,
        ALL
    }

    public Waiting {
        keys = List.copyOf(keys);
        if (keys.isEmpty()) throw new IllegalArgumentException("a run that waits, waits for something");
    }

    public static Waiting on(StepKey key) {
        return new Waiting(Need.ANY, List.of(key));
    }

    /** Whether it is over, given what is still pending. */
    public boolean isOver(Predicate<StepKey> pending) {
        return switch (need) {
            case ANY -> !keys.stream().allMatch(pending);
            case ALL -> keys.stream().noneMatch(pending);
        };
    }
}
