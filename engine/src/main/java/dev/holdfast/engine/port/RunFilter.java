package dev.holdfast.engine.port;

import dev.holdfast.core.RunState;
import org.jspecify.annotations.Nullable;

/** Which runs; null for any. A lane is named within its queue, so it needs the queue as well. */
public record RunFilter(
        @Nullable RunState state,
        @Nullable String task,
        @Nullable String tag,
        @Nullable String queue,
        @Nullable String lane) {
    public static final RunFilter ALL = new RunFilter(null, null, null);

    /** Of any queue. */
    public RunFilter(@Nullable RunState state, @Nullable String task, @Nullable String tag) {
        this(state, task, tag, null, null);
    }
}
