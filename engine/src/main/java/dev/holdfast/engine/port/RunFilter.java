package dev.holdfast.engine.port;

import dev.holdfast.core.RunState;
import org.jspecify.annotations.Nullable;

/** Which runs; null for any. */
public record RunFilter(
        @Nullable RunState state,
        @Nullable String task,
        @Nullable String tag) {
    public static final RunFilter ALL = new RunFilter(null, null, null);
}
