package dev.holdfast.core;

/** What becomes of firings of a schedule whose time came while nobody could start their runs. */
public enum Missed {
    /** They are left out: only one that comes less than {@link Defaults#ON_TIME} late is made up for. */
    SKIP,
    /** One run for the newest of them. */
    LATEST,
    /** A run for each, the oldest first. */
    ALL
}
