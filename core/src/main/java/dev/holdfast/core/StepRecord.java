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
 * @param result JSON; null unless DONE
 * @param error null unless FAILED, or PENDING after a failure
 * @param next PENDING: not to be tried before
 */
public record StepRecord(
        StepKey key,
        String name,
        Status status,
        long epoch,
        int tries,
        @Nullable String result,
        @Nullable RunError error,
        @Nullable Instant next) {
    public enum Status {
        /** A try has failed and another one is to come. */
        PENDING,
        DONE,
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
        return new StepRecord(key, name, Status.PENDING, epoch, tries, null, error, next);
    }

    /** Whether it stands for ever. */
    public boolean isFinal() {
        return status != Status.PENDING;
    }
}
