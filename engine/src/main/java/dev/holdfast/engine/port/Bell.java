package dev.holdfast.engine.port;

import java.time.Duration;

/**
 * A timed wait that can be ended early. A ring is not lost: if nobody waits, the next wait returns at once. Several
 * rings before a wait are one.
 */
public interface Bell {
    void ring();

    /**
     * Waits for a ring.
     *
     * @return whether it rang; false if the time passed
     * @throws InterruptedException if the thread was interrupted
     */
    boolean await(Duration limit) throws InterruptedException;
}
