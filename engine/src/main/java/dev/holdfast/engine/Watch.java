package dev.holdfast.engine;

import java.time.Duration;
import java.util.Optional;

/**
 * One watcher of one run. Voided chunks are not sent to who has not seen them; who has seen them gets a {@code rewind}.
 * The last frame is {@code done}.
 */
public interface Watch extends AutoCloseable {
    /**
     * The next frame; waits for it.
     *
     * @return empty if there was none for this long, or the watch has ended
     * @throws InterruptedException if the thread was interrupted
     */
    Optional<Frame> next(Duration patience) throws InterruptedException;

    /** Whether {@code done} was sent, or the watch was closed: nothing comes any more. */
    boolean ended();

    @Override
    void close();
}
