package dev.holdfast.engine;

import org.jspecify.annotations.Nullable;

/**
 * What a watcher receives.
 *
 * @param event {@code chunk}, {@code rewind}, {@code status}, {@code gap} or {@code done}; of a conversation also {@code
 *     waiting}
 * @param id the cursor after this frame: {@code run_….number.seq} or longer, for resuming
 * @param epoch in which it was written
 * @param step who sent the chunk ({@code key/tries}, see {@link dev.holdfast.core.stream.Source}); null otherwise
 * @param data JSON. chunk: what was sent. rewind: {@code {"drop":["3/1"]}}. status and done: the snapshot
 */
public record Frame(
        String event, String id, long epoch, @Nullable String step, String data) {}
