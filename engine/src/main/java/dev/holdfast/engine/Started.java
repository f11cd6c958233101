package dev.holdfast.engine;

import dev.holdfast.core.RunId;

/**
 * The answer to a start.
 *
 * @param id the run that is there now
 * @param how whether this call made it
 */
public record Started(RunId id, How how) {
    public enum How {
        /** This call made the run. */
        NEW,
        /** The same request was made before; this is its answer. */
        REPEATED,
        /** Another run holds the business key; this is that run. */
        KEY_HELD,
        /** A run with the same debounce key has this call's input now, and waits anew. */
        POSTPONED
    }
}
