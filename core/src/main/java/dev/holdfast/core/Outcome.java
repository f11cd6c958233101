package dev.holdfast.core;

/** How a run ended. A run has exactly one, and it never changes. */
public enum Outcome {
    /** The task returned. */
    SUCCEEDED,
    /** The user's code failed and its retries are spent. */
    FAILED,
    /** Somebody asked for it to be stopped. */
    CANCELLED,
    /** Its time to live ran out before it was first started. */
    EXPIRED,
    /** It took longer than it was allowed to. */
    TIMED_OUT,
    /** Its executor died of its own: out of memory, a signal, a non-zero exit. */
    CRASHED,
    /** Our fault, or a run that keeps killing whoever holds it. */
    SYSTEM_FAILURE;

    /** Whether a business key stays taken after this outcome, until it expires. Other outcomes free it at once. */
    public boolean keepsKey() {
        return this == SUCCEEDED || this == CANCELLED;
    }
}
