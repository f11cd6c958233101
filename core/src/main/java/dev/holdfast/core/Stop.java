package dev.holdfast.core;

/**
 * Why an executor is being stopped, and where the run goes when it has stopped.
 *
 * @param reason the first specific cause; it is kept
 * @param next where the run goes
 */
public record Stop(Reason reason, Next next) {
    public Stop {
        if (reason == Reason.CANCEL && next != Next.CANCELLED) {
            throw new IllegalArgumentException("a run that is stopped for CANCEL goes to CANCELLED, not to " + next);
        }
    }

    public enum Reason {
        CANCEL,
        TIME_OUT,
        NO_PROGRESS,
        NOT_STARTED,
        DRAIN
    }

    public enum Next {
        CANCELLED,
        TIMED_OUT,
        QUEUED
    }
}
