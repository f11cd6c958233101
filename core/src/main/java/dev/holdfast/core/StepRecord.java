package dev.holdfast.core;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is written down of a step. Once it is not PENDING it never changes: its result is replayed ever after.
 *
 * @param key where it is in the run
 * @param name what it is called; another name at a recorded key is non-determinism
 * @param status how far it is
 * @param epoch in which it was recorded
 * @param tries how many times its body was begun, its own retries included, from 1
 * @param result JSON; null unless DONE, or FAILED because of a child: then the child's outcome
 * @param error null unless FAILED, or PENDING after a failure
 * @param awaits what it waits for, or has waited for; null for a step that never did
 */
public record StepRecord(
        StepKey key,
        String name,
        Status status,
        long epoch,
        int tries,
        @Nullable String result,
        @Nullable RunError error,
        @Nullable Wait awaits) {
    public enum Status {
        /** It waits: for its next try, or for what it was made for. */
        PENDING,
        DONE,
        /** What it waited for had not come by its time. */
        TIMED_OUT,
        /** Its retries are spent. Replayed as StepFailed within the attempt. */
        FAILED,
        /** The place where a cancel was delivered. Replayed as Cancelled. */
        CANCELLED
    }

    public static StepRecord done(StepKey key, String name, long epoch, int tries, String result) {
        return new StepRecord(key, name, Status.DONE, epoch, tries, result, null, null);
    }

    public static StepRecord failed(StepKey key, String name, long epoch, int tries, RunError error) {
        return new StepRecord(key, name, Status.FAILED, epoch, tries, null, error, null);
    }

    public static StepRecord cancelled(StepKey key, String name, long epoch) {
        return new StepRecord(key, name, Status.CANCELLED, epoch, 0, null, null, null);
    }

    /** A try has failed; the next one begins no earlier than {@code next}. */
    public static StepRecord pending(StepKey key, String name, long epoch, int tries, RunError error, Instant next) {
        return new StepRecord(key, name, Status.PENDING, epoch, tries, null, error, new Wait.Turn(next));
    }

    /** A wait begins; it is no step of the user's, so it has no tries. */
    public static StepRecord waiting(StepKey key, String name, long epoch, Wait what) {
        return new StepRecord(key, name, Status.PENDING, epoch, 0, null, null, what);
    }

    /** What it waited for has come. */
    public StepRecord came(String result) {
        return new StepRecord(key, name, Status.DONE, epoch, tries, result, null, awaits);
    }

    /**
     * The child that it waited for has ended, and not well.
     *
     * @param outcome of the child
     * @param why what is recorded of its last failure
     */
    public StepRecord broke(Outcome outcome, RunError why) {
        return new StepRecord(key, name, Status.FAILED, epoch, tries, '"' + outcome.name() + '"', why, awaits);
    }

    /** Its time has come first. What waited for nothing but its time is done. */
    public StepRecord timedOut() {
        return awaits instanceof Wait.Time
                ? came("null")
                : new StepRecord(key, name, Status.TIMED_OUT, epoch, tries, null, null, awaits);
    }

    /** When a pending one is over by itself, or is tried again; null for never. */
    public @Nullable Instant next() {
        return awaits == null ? null : awaits.until();
    }

    /** Whether it stands for ever. */
    public boolean isFinal() {
        return status != Status.PENDING;
    }
}
