package dev.holdfast.sql;

/** The column {@code turn} of a run that can be claimed beside others. */
public final class Turn {
    /** It was never started. */
    public static final long FRESH = 0;
    /** It comes back. */
    public static final long RESUMED = 1;
    /** It needs no slot of its lane: outside the lane's order. */
    public static final long BEYOND = 2;

    private Turn() {}
}
