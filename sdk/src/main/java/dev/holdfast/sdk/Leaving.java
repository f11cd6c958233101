package dev.holdfast.sdk;

import dev.holdfast.core.Refused;
import dev.holdfast.core.RunError;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Thrown;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt leaves user code early, and every write that may find out that it must. Leaving is sticky: once it has
 * begun, each later call throws the same again. Cancelled is the exception: it is delivered once and may be caught.
 *
 * <p>Whatever the Attempt itself throws is trouble of the infrastructure. It takes the road of a give-up through user
 * code, which must not see it, and comes out again for whoever runs the attempt.
 */
final class Leaving {
    private final Attempt attempt;

    // Volatile, because bodies of steps execute on threads of their own.
    private volatile @Nullable Unwind unwind;
    private volatile @Nullable Throwable trouble;
    private volatile @Nullable Refused refused;
    private volatile boolean cancelDelivered;

    Leaving(Attempt attempt) {
        this.attempt = attempt;
    }

    /** Throws if the attempt must not go on; first in every call of the Context. Cancel is no reason here. */
    void check() {
        again();
        switch (standing()) {
            case GOING, CANCELLED -> {}
            case SUPERSEDED -> throw superseded();
            case DRAINING -> throw givenUp("The node is closing; run " + attempt.run() + " goes on later.");
            case STOPPED -> throw givenUp("Run " + attempt.run() + " is being stopped.");
        }
    }

    /** Throws again what was thrown before. */
    void again() {
        Refused end = refused;
        if (end != null) throw end;
        Unwind before = unwind;
        if (before != null) throw before;
    }

    /** Whether cancel was asked for, and user code does not know yet. */
    boolean cancelIsDue() {
        return !cancelDelivered && standing() == Attempt.Standing.CANCELLED;
    }

    /** Whether user code passes on the cancel that it was told of. One of another run is a failure like any other. */
    boolean isCancel(Throwable thrown) {
        return cancelDelivered && Thrown.find(thrown, Unwind.Cancelled.class) != null;
    }

    /** Makes this key the place where cancel is delivered, in every replay. */
    Unwind.Cancelled cancelAt(StepKey key, String name) {
        keep(StepRecord.cancelled(key, name, attempt.epoch()));
        return cancelled();
    }

    /** Cancel is delivered now: live, or where it was recorded. */
    Unwind.Cancelled cancelled() {
        if (!cancelDelivered) {
            cancelDelivered = true;
            ask(() -> {
                attempt.delivered();
                return true;
            });
        }
        // The interrupt that came with it has done its work; compensation begins without it.
        Thread.interrupted();
        return new Unwind.Cancelled("Run " + attempt.run() + " is cancelled.");
    }

    boolean cancelDelivered() {
        return cancelDelivered;
    }

    /** Writes a step down; returns only if that was kept. */
    void keep(StepRecord record) {
        if (ask(() -> attempt.record(record)) == Attempt.Answer.SUPERSEDED) throw superseded();
    }

    Unwind.Superseded superseded() {
        var why = new Unwind.Superseded(
                "A newer epoch than " + attempt.epoch() + " owns run " + attempt.run() + "; nothing done here counts.");
        unwind = why;
        return why;
    }

    Unwind.GivenUp givenUp(String why) {
        var up = new Unwind.GivenUp(why);
        unwind = up;
        return up;
    }

    /** The run cannot go on, whatever its code does: it ends with this error, which is not retried. */
    Refused refuse(String code, String message) {
        var why = new Refused(code, message);
        refused = why;
        return why;
    }

    Attempt.Standing standing() {
        return ask(attempt::standing);
    }

    /** Asks something of the attempt. Every call of it that can fail goes through here. */
    <T extends @Nullable Object, X extends Exception> T ask(Question<T, X> question) throws X {
        try {
            return question.ask();
        } catch (RuntimeException | Error e) {
            throw fail(e);
        }
    }

    /** Something has failed that is not the code's; it comes out again for whoever runs the attempt. */
    Unwind.GivenUp fail(Throwable e) {
        trouble = e;
        return givenUp("The engine could not answer: " + e);
    }

    /** A question to the attempt. */
    interface Question<T extends @Nullable Object, X extends Exception> {
        T ask() throws X;
    }

    /** How the attempt ends because of what happened here; null if user code decides. Rethrows trouble. */
    @Nullable
    Ending ending() {
        switch (trouble) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
        Refused end = refused;
        if (end != null) return new Ending.Threw(RunError.ours(end.code(), message(end)), java.util.List.of());
        return switch (unwind) {
            case null -> null;
            case Unwind.Superseded s -> new Ending.Left(Ending.Why.SUPERSEDED);
            case Unwind.GivenUp g -> new Ending.Left(Ending.Why.GIVEN_UP);
            case Unwind.Cancelled c -> new Ending.Left(Ending.Why.CANCELLED);
        };
    }

    private static String message(Throwable e) {
        return String.valueOf(e.getMessage());
    }
}
