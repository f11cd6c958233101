package dev.holdfast.peers;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Somebody who executes durable runs on a database, set up as its own documentation recommends.
 *
 * <p>What it executes for a run calls {@link Bodies} with the run's id.
 */
public interface Peer extends AutoCloseable {
    /** Begins runs, and knows how one waits for them. */
    @FunctionalInterface
    interface Start {
        /**
         * Returns when the run is durable.
         *
         * @param run an id that was never used before
         */
        Wait start(Work work, String run) throws Exception;
    }

    /** Returns when the caller knows that the run has ended. */
    @FunctionalInterface
    interface Wait {
        void await() throws Exception;
    }

    /** How it is set up, for the table: name and value. */
    Map<String, String> settings();

    /** The way that is documented for somebody who starts a run and waits for its end. */
    Start direct();

    /** Another way, through a queue that any process may take from; empty if the direct one is that. */
    Optional<Start> queued();

    /** Makes runs durable, the fastest way there is, without waiting for any of them. */
    void enqueue(Work work, List<String> runs) throws Exception;

    /**
     * How many no-op runs per second the database takes at best, if the same rows are written by bare statements; empty if
     * nobody has measured that. Asked once, after a run has ended.
     *
     * @param limit how long to write
     */
    default OptionalDouble floor(Duration limit) throws Exception {
        return OptionalDouble.empty();
    }

    @Override
    void close();
}
