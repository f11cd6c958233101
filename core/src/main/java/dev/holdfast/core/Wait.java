package dev.holdfast.core;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a step waits for, or has waited for. While it is pending, its result is what comes first: what it waits for, or
 * its time.
 */
public sealed interface Wait {
    /** When it is over by itself; null for never. Absolute, so that a replay waits no longer than was meant. */
    @Nullable
    Instant until();

    /** A try has failed, and the next one begins then. */
    record Turn(Instant until) implements Wait {}

    /** For a time to come. */
    record Time(Instant until) implements Wait {}

    /** For a message by this name. */
    record Signal(String name, @Nullable Instant until) implements Wait {}

    /** For somebody outside to complete the token with this id. */
    record Token(String id, Instant until) implements Wait {}

    /** For the end of another run. */
    record Child(RunId run) implements Wait {
        @Override
        public @Nullable Instant until() {
            return null;
        }
    }
}
