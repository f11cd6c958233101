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
    public static final int MESSAGE_LIMIT = 4_096;
    public static final int STACK_LIMIT = 16_384;

    public RunError {
        message = clean(message, MESSAGE_LIMIT);
        stack = clean(stack, STACK_LIMIT);
    }

    /** What user code threw. {@link NoRetry} (also as a cause) makes it final. */
    public static RunError of(Throwable thrown) {
        var stack = new StringWriter();
        thrown.printStackTrace(new PrintWriter(stack));
        String message = thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
        String code = thrown instanceof HoldfastException known ? known.code() : "user_error";
        return new RunError(code, thrown.getClass().getName(), message, stack.toString(), !isFinal(thrown));
    }

    /** A failure that we noticed, not the user's code. */
    public static RunError ours(String code, String message) {
        return new RunError(code, "holdfast", message, "", false);
    }

    private static boolean isFinal(Throwable thrown) {
        int depth = 0;
        for (Throwable t = thrown; t != null && depth < 50; t = t.getCause(), depth++) {
            if (t instanceof NoRetry) return true;
        }
        return false;
    }

    /** Terminals and models produce NUL characters; no database takes them in text. */
    private static String clean(String text, int limit) {
        String cut = text.length() <= limit ? text : text.substring(0, limit - 1) + "…";
        return cut.indexOf('\0') < 0 ? cut : cut.replace('\0', '\uFFFD');
    }
}
