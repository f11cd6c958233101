package dev.holdfast.core;

/** Root of everything that Holdfast throws on purpose. {@link #code()} is stable; the message is for people. */
public abstract sealed class HoldfastException extends RuntimeException
        permits StepFailed, RunFailed, Refused, Unavailable {
    private static final long serialVersionUID = 1L;

    private final String code;

    HoldfastException(String code, String message) {
        super(message);
        this.code = code;
    }

    /** Which error this is, for programs: the same in every version. */
    public final String code() {
        return code;
    }
}
