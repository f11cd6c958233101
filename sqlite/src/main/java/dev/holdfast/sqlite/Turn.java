package dev.holdfast.sqlite;

/** The column {@code turn} of a run that can be claimed beside others. */
final class Turn {
    /** It was never started. */
    static final long FRESH = 0;
    /** It comes back. */
    static final long RESUMED = 1;
    /** It needs no slot of its lane: outside the lane's order. */
    static final long BEYOND = 2;

    private Turn() {}
}
