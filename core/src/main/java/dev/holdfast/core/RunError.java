package dev.holdfast.core;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * A failure as it was recorded: the same text live and in replay, in any language.
 *
 * @param code stable, for programs
 * @param type the kind of failure; for Java code the class of what was thrown
 * @param message for people; at most {@value #MESSAGE_LIMIT} characters
 * @param stack where it happened; at most {@value #STACK_LIMIT} characters, may be empty
 * @param retryable whether a retry policy may try again
 */
public record RunError(String code, String type, String message, String stack, boolean retryable) {
    /** Of code and type, in characters. */
    public static final int NAME_LIMIT = 400;

    public static final int MESSAGE_LIMIT = 4_096;
    public static final int STACK_LIMIT = 16_384;

    public RunError {
        code = Text.clean(code, NAME_LIMIT);
        type = Text.clean(type, NAME_LIMIT);
        message = Text.clean(message, MESSAGE_LIMIT);
        stack = Text.clean(stack, STACK_LIMIT);
    }

    /**
     * What user code threw. {@link NoRetry} (also as a cause, also inside a step that failed) makes it final. Never
     * throws: an exception whose own methods throw is recorded without its message.
     */
    public static RunError of(Throwable thrown) {
        String type = thrown.getClass().getName();
        try {
            var stack = new StringWriter();
            thrown.printStackTrace(new PrintWriter(stack));
            String message = thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
            String code = thrown instanceof HoldfastException known ? known.code() : "user_error";
            return new RunError(code, type, message, stack.toString(), !isFinal(thrown));
        } catch (RuntimeException broken) {
            String why = "its message cannot be read: " + broken.getClass().getName();
            return new RunError("user_error", type, why, "", true);
        }
    }

    /** A failure that we noticed, not the user's code. */
    public static RunError ours(String code, String message) {
        return new RunError(code, "holdfast", message, "", false);
    }

    private static boolean isFinal(Throwable thrown) {
        int depth = 0;
        for (Throwable t = thrown; t != null && depth < 50; t = t.getCause(), depth++) {
            if (t instanceof NoRetry) return true;
            // What a step recorded as final stays final, also in replay, where only the record is left.
            if (t instanceof StepFailed step && !step.error().retryable()) return true;
        }
        return false;
    }
}
