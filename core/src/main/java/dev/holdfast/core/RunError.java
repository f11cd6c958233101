package dev.holdfast.core;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;

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
     * throws: what an exception's own methods do not tell is left out.
     */
    public static RunError of(Throwable thrown) {
        String code = thrown instanceof HoldfastException known ? known.code() : "user_error";
        return new RunError(
                code, thrown.getClass().getName(), Thrown.message(thrown), stackOf(thrown), !isFinal(thrown));
    }

    /** A failure that we noticed, not the user's code. */
    public static RunError ours(String code, String message) {
        return new RunError(code, "holdfast", message, "", false);
    }

    /** Of a run that has ended like this and has no error of its own. */
    public static RunError ended(Outcome outcome) {
        String name = outcome.name().toLowerCase(Locale.ROOT);
        return ours("run_" + name, "the run ended " + name.replace('_', ' '));
    }

    private static String stackOf(Throwable thrown) {
        var stack = new StringWriter();
        try {
            thrown.printStackTrace(new PrintWriter(stack));
        } catch (Throwable broken) {
            // What was printed before is better than nothing.
        }
        return stack.toString();
    }

    private static boolean isFinal(Throwable thrown) {
        for (Throwable t : Thrown.causes(thrown)) {
            if (t instanceof NoRetry) return true;
            // What a step recorded as final stays final, also in replay, where only the record is left.
            if (t instanceof StepFailed step && !step.error().retryable()) return true;
        }
        return false;
    }
}
