package dev.holdfast.sdk;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Refused;
import dev.holdfast.core.RunError;
import dev.holdfast.core.StepKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs the code of a task for one epoch of a run: what is between an engine or a worker and user code. */
public final class Execution<I extends @Nullable Object, O extends @Nullable Object> {
    private final Handler<I, O> handler;
    private final Parts parts;

    private Execution(Handler<I, O> handler, Parts parts) {
        this.handler = handler;
        this.parts = parts;
    }

    /**
     * Calls the body on this thread and answers how it was left. Nothing that user code throws comes out of here, and the
     * thread is not interrupted afterwards.
     *
     * @param input JSON; input that does not fit the task's type is a failure that is not retried
     * @throws RuntimeException or an Error that the attempt itself has thrown: user code was left, and nothing is known
     *     of how it would have ended
     */
    public static <I extends @Nullable Object, O extends @Nullable Object> Ending run(
            Handler<I, O> handler, Attempt attempt, String input, Codec codec) {
        var parts = Parts.of(attempt, codec, handler.task().version());
        return new Execution<>(handler, parts).run(input);
    }

    private Ending run(String json) {
        I input;
        try {
            input = parts.codec().decode(json, handler.task().input());
        } catch (Refused e) {
            return failed(e.code(), "The input of %s cannot be used: %s".formatted(handler.task(), e.getMessage()));
        }
        O output;
        try {
            output = handler.body().run(new Replaying(parts), input);
        } catch (Throwable thrown) {
            boolean interrupted = end() || Failures.isInterrupt(thrown);
            Ending early = parts.leaving().ending();
            return early != null ? early : threw(thrown, interrupted);
        }
        end();
        Ending early = parts.leaving().ending();
        if (early != null) return early;
        if (parts.leaving().cancelDelivered()) return new Ending.Left(Ending.Why.CANCELLED);
        return returned(output);
    }

    /** The Context is of no use any more; answers whether the body left the thread interrupted. */
    private boolean end() {
        parts.confinement().end();
        boolean interrupted = Thread.interrupted();
        try {
            parts.forks().leave();
        } catch (Unwind e) {
            // Trouble of the attempt: it is known, and comes out as such.
        }
        return Thread.interrupted() || interrupted;
    }

    private Ending threw(Throwable thrown, boolean interrupted) {
        if (parts.leaving().isCancel(thrown)) return new Ending.Left(Ending.Why.CANCELLED);
        // Interrupted between steps, by whoever stops the attempt: that is no failure of the body.
        switch (parts.attempt().standing()) {
            case SUPERSEDED -> {
                return new Ending.Left(Ending.Why.SUPERSEDED);
            }
            case CANCELLED -> {
                // No call could take the cancel. Its place is the first unrecorded key all the same: the body is called
                // again, to be told there, unless there is nothing that it could want to compensate.
                if (interrupted && !parts.leaving().cancelDelivered())
                    return new Ending.Left(parts.journal().hasRecords() ? Ending.Why.GIVEN_UP : Ending.Why.CANCELLED);
            }
            case DRAINING, STOPPED -> {
                if (interrupted) return new Ending.Left(Ending.Why.GIVEN_UP);
            }
            case GOING -> {}
        }
        RunError error = RunError.of(thrown);
        StepKey failure = parts.journal().failureIn(thrown);
        return new Ending.Threw(
                error, failure == null ? List.of() : parts.journal().since(failure));
    }

    private Ending returned(O output) {
        String json;
        try {
            json = parts.codec().encode(output);
            // Whoever joins the run reads it as the task declares it: better to learn here that this cannot be done.
            parts.codec().decode(json, handler.task().output());
        } catch (Refused e) {
            String code = e.code().equals("input_invalid") ? "result_unreadable" : e.code();
            return failed(code, "The result of %s cannot be recorded: %s".formatted(handler.task(), e.getMessage()));
        }
        int bytes = Text.bytes(json);
        if (bytes > Defaults.PAYLOAD_LIMIT) {
            return failed(
                    "result_too_large",
                    "The result of %s is %d bytes of JSON; the limit is %d. Store it elsewhere and return where it is."
                            .formatted(handler.task(), bytes, Defaults.PAYLOAD_LIMIT));
        }
        return new Ending.Returned(json);
    }

    private static Ending failed(String code, String message) {
        return new Ending.Threw(RunError.ours(code, message), List.of());
    }
}
