package dev.holdfast.core;

import org.jspecify.annotations.Nullable;

/** Infrastructure. Retry with the same request id. {@link #indeterminate()} says whether it may have been applied. */
public final class Unavailable extends HoldfastException {
    private static final long serialVersionUID = 1L;

    private final boolean indeterminate;

    private Unavailable(String code, String message, boolean indeterminate, @Nullable Throwable cause) {
        super(code, message);
        this.indeterminate = indeterminate;
        if (cause != null) initCause(cause);
    }

    /** Nothing was changed. */
    public static Unavailable notApplied(String code, String message, @Nullable Throwable cause) {
        return new Unavailable(code, message, false, cause);
    }

    /** It may have been applied, or may still be. */
    public static Unavailable indeterminate(String code, String message, @Nullable Throwable cause) {
        return new Unavailable(code, message, true, cause);
    }

    public boolean indeterminate() {
        return indeterminate;
    }
}
