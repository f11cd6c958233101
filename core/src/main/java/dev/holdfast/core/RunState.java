package dev.holdfast.core;

/** Where a run stands. The names that users see beside these (delayed, retrying, sleeping) are projections. */
public enum RunState {
    /** Waits for its turn, or for its time. Left by a claim, or by expiry before the first start. */
    QUEUED,
    /** Claimed for a worker or a sandbox that is being prepared. Left by {@code started} or the start deadline. */
    STARTING,
    /** The attempt executes. */
    RUNNING,
    /** Waits for waitpoints: held (alive in memory, has a holder) or given up (no holder, costs one row). */
    BLOCKED,
    /** The executor is being stopped; {@link Stop} says why and what comes next. */
    STOPPING,
    /** Terminal, with one {@link Outcome}. */
    FINISHED
}
