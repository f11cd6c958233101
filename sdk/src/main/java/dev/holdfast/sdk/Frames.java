package dev.holdfast.sdk;

import org.jspecify.annotations.Nullable;

/** The frames of one run, from its beginning to its end: what a {@link FoldedStream} is made of. */
public interface Frames extends AutoCloseable {
    /**
     * A frame.
     *
     * @param event chunk, rewind, status, gap or done
     * @param step who sent the chunk; null otherwise
     * @param data JSON
     */
    record Received(String event, @Nullable String step, String data) {}

    /**
     * Waits for the next one, as long as it takes.
     *
     * @return null after the last one, and when it was closed
     * @throws InterruptedException if the thread was interrupted
     */
    @Nullable
    Received next() throws InterruptedException;

    /** May be called from any thread. */
    @Override
    void close();
}
