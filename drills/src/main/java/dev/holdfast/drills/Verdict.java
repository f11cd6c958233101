package dev.holdfast.drills;

/** What a drill ends with. */
public enum Verdict {
    /** Every promise held. */
    HELD,
    /** At least one was broken. */
    VIOLATED
}
