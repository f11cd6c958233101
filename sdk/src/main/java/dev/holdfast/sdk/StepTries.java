package dev.holdfast.sdk;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Refused;
import dev.holdfast.core.RunError;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.stream.Source;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Runs one step that is not recorded yet, try after try on the calling thread, until its end is written down: a result,
 * a failure, or that a cancel was delivered there. A try begins only when the body of the one before has left.
 *
 * <p>An interrupt means what the attempt's standing says. While that is GOING it is the body's own failure: the timeout
 * rang, or somebody else interrupted. So it is once a cancel was delivered: nobody interrupts a compensation to stop it,
 * and what it fails at is recorded and tried again. An interrupt never leaks past the step.
 */
final class StepTries<T extends @Nullable Object> {
    private final Parts run;
    private final Leaving leaving;
    private final Attempt attempt;
    private final StepKey key;
    private final Step<T> step;
    private final Course course;

    /** What the end of the step means where it executes. */
    interface Course {
        /** Throws if the step must not go on. */
        void check();

        /** Returns when the next try may begin, or when there is a reason to look again. */
        void rest(StepRecord pending);

        /** Writes down that a cancel was delivered at this key. */
        void cancelled(StepKey key, String name);

        /**
         * Writes down what the body has returned; answers why that could not be, which is a failure of the try.
         *
         * @param leaving that of the step
         */
        default @Nullable RunError keep(Leaving leaving, StepRecord done) {
            leaving.keep(done);
            return null;
        }

        /** A try has failed: what it has done is undone, where that can be. */
        default void undo(Broken how) {}
    }

    /** What has broken a try. */
    enum Broken {
        BY_ITSELF,
        BY_INTERRUPT
    }

    StepTries(Parts run, StepKey key, Step<T> step, Course course) {
        this.run = run;
        this.leaving = run.leaving();
        this.attempt = run.attempt();
        this.key = key;
        this.step = step;
        this.course = course;
    }

    /** How a try left the body. */
    private sealed interface Result<T extends @Nullable Object> {
        record Value<T extends @Nullable Object>(String json, T value) implements Result<T> {}

        record Failure<T extends @Nullable Object>(RunError error) implements Result<T> {}

        /** A cancel is to be delivered instead. */
        record Cancelled<T extends @Nullable Object>() implements Result<T> {}
    }

    /** What it returned, if this has executed it, so that it need not be read again. */
    private @Nullable Result<T> last;

    /**
     * Until its end is recorded at its key.
     *
     * @param before the failed try that is recorded, null if there is none
     */
    void run(Step.Body<T> body, @Nullable StepRecord before) {
        StepRecord pending = before;
        int tries = before == null ? 1 : before.tries() + 1;
        while (true) {
            course.check();
            if (pending != null) course.rest(pending);
            course.check();
            Result<T> result = leaving.cancelIsDue() ? new Result.Cancelled<>() : tryOnce(body, tries);
            last = result;
            switch (result) {
                case Result.Cancelled<T> c -> {
                    course.cancelled(key, step.name());
                    return;
                }
                case Result.Value<T> done -> {
                    RunError refused = course.keep(
                            leaving, StepRecord.done(key, step.name(), attempt.epoch(), tries, done.json()));
                    if (refused == null) return;
                    // What was not written was not returned.
                    last = null;
                    pending = failed(refused, tries);
                }
                case Result.Failure<T> failure -> pending = failed(failure.error(), tries);
            }
            if (pending == null) return;
            tries++;
        }
    }

    /** The value as it was recorded, if this has executed it; otherwise whatever is recorded now is what counts. */
    T value(StepRecord record) {
        return last instanceof Result.Value<T> done
                ? done.value()
                : run.journal().replay(record, step.type());
    }

    /** Writes the failure down; answers what is pending, null if nothing is tried again. */
    private @Nullable StepRecord failed(RunError error, int tries) {
        course.check();
        if (!error.retryable() || tries >= step.retry().maxAttempts()) {
            leaving.keep(StepRecord.failed(key, step.name(), attempt.epoch(), tries, error));
            return null;
        }
        Duration delay = step.retry().delay(tries, leaving.ask(attempt::dice));
        Instant next = leaving.ask(attempt::now).plus(delay);
        var pending = StepRecord.pending(key, step.name(), attempt.epoch(), tries, error, next);
        leaving.keep(pending);
        return pending;
    }

    private Result<T> tryOnce(Step.Body<T> body, int tries) {
        leaving.ask(() -> {
            attempt.begin(key, tries);
            return true;
        });
        course.check();
        var scope = new StepScope(attempt.run() + ":" + key, Source.step(key, tries), attempt.epoch(), run.chunks());
        Duration limit = step.timeout();
        Attempt.Alarm alarm = limit == null ? null : leaving.ask(() -> attempt.interruptAfter(limit));
        T value;
        run.confinement().enterStep(step.name());
        try {
            value = body.run(scope);
        } catch (Throwable thrown) {
            boolean interrupted = end(scope, alarm) || Failures.isInterrupt(thrown);
            boolean rang = alarm != null && leaving.ask(alarm::rang);
            RunError error = judge(thrown, interrupted || rang, rang);
            course.undo(interrupted || rang ? Broken.BY_INTERRUPT : Broken.BY_ITSELF);
            return error == null ? new Result.Cancelled<>() : new Result.Failure<>(error);
        }
        end(scope, alarm);
        // If the body has swallowed an unwinding, its result is worth nothing.
        leaving.again();
        Result<T> result = written(value);
        if (result instanceof Result.Failure<T>) course.undo(Broken.BY_ITSELF);
        return result;
    }

    /** Ends the try; answers whether somebody else than the alarm left the thread interrupted. */
    private boolean end(StepScope scope, Attempt.@Nullable Alarm alarm) {
        run.confinement().leaveStep();
        scope.end();
        if (alarm != null) {
            leaving.ask(() -> {
                alarm.close();
                return true;
            });
        }
        return Thread.interrupted();
    }

    /**
     * The failure of the body, unless the attempt is to be left: what broke then is not the body's fault. Null if a
     * cancel broke it.
     */
    private @Nullable RunError judge(Throwable thrown, boolean interrupted, boolean rang) {
        leaving.check();
        if (leaving.cancelDelivered() && thrown instanceof Unwind.Cancelled road) throw road;
        if (interrupted && leaving.cancelIsDue()) return null;
        RunError error = RunError.of(thrown);
        if (!rang) return error;
        return new RunError(
                "step_timeout",
                error.type(),
                "Step '%s' took longer than %s and was interrupted; it left with: %s"
                        .formatted(step.name(), step.timeout(), error.message()),
                error.stack(),
                error.retryable());
    }

    /** The value as every replay will see it: read from what is written. */
    private Result<T> written(T value) {
        try {
            String json = run.codec().encode(value);
            int bytes = Text.bytes(json);
            if (bytes > Defaults.PAYLOAD_LIMIT) {
                return unwritten(
                        "result_too_large",
                        "The result of step '%s' is %d bytes of JSON; the limit is %d. Store it elsewhere and return where it is."
                                .formatted(step.name(), bytes, Defaults.PAYLOAD_LIMIT));
            }
            return new Result.Value<>(json, run.codec().decode(json, step.type()));
        } catch (Refused e) {
            return unwritten(
                    e.code().equals("input_invalid") ? "step_unreadable" : e.code(),
                    "The result of step '%s' cannot be recorded: %s".formatted(step.name(), e.getMessage()));
        }
    }

    private Result<T> unwritten(String code, String message) {
        return new Result.Failure<>(RunError.ours(code, message));
    }
}
