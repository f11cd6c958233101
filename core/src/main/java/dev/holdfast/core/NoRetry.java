package dev.holdfast.core;

/** Thrown by user code: this failure is final, whatever the retry policy says. */
public final class NoRetry extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NoRetry(String message) {
        super(message);
    }

    public NoRetry(String message, Throwable cause) {
        super(message, cause);
    }
}
