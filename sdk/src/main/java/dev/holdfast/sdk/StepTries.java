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
 * Runs one step that is not recorded yet, try after try on the calling thread, until a result or a failure is written
 * down. A try begins only when the body of the one before has left.
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

    StepTries(Parts run, StepKey key, Step<T> step) {
        this.run = run;
        this.leaving = run.leaving();
        this.attempt = run.attempt();
        this.key = key;
        this.step = step;
    }

    /** How a try left the body. */
    private sealed interface Result<T extends @Nullable Object> {
        record Value<T extends @Nullable Object>(String json, T value) implements Result<T> {}

        record Failure<T extends @Nullable Object>(RunError error) implements Result<T> {}
    }

    /** @param before the failed try that is recorded, null if there is none */
    T run(Step.Body<T> body, @Nullable StepRecord before) {
        int tries = 1;
        if (before != null) {
            tries = before.tries() + 1;
            awaitTurn(before.next());
        }
        while (true) {
            leaving.deliverCancel(key, step.name());
            switch (tryOnce(body, tries)) {
                case Result.Value<T> done -> {
                    leaving.keep(StepRecord.done(key, step.name(), attempt.epoch(), tries, done.json()));
                    return done.value();
                }
                case Result.Failure<T> failure -> awaitTurn(failed(failure.error(), tries));
            }
            tries++;
        }
    }

    /** Writes the failure down; answers when the next try begins, or throws if there is none. */
    private Instant failed(RunError error, int tries) {
        if (!error.retryable() || tries >= step.retry().maxAttempts()) {
            throw run.journal().fail(StepRecord.failed(key, step.name(), attempt.epoch(), tries, error));
        }
        Duration delay = step.retry().delay(tries, leaving.ask(attempt::dice));
        Instant next = leaving.ask(attempt::now).plus(delay);
        leaving.keep(StepRecord.pending(key, step.name(), attempt.epoch(), tries, error, next));
        return next;
    }

    private void awaitTurn(@Nullable Instant turn) {
        while (turn != null) {
            leaving.check();
            leaving.deliverCancel(key, step.name());
            Duration left = Duration.between(leaving.ask(attempt::now), turn);
            if (!left.isPositive()) return;
            try {
                leaving.ask(() -> {
                    attempt.pause(left);
                    return true;
                });
            } catch (InterruptedException e) {
                // What it means is asked above.
            }
        }
    }

    private Result<T> tryOnce(Step.Body<T> body, int tries) {
        leaving.ask(() -> {
            attempt.begin(key, tries);
            return true;
        });
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
            return new Result.Failure<>(judge(thrown, interrupted || rang, rang));
        }
        end(scope, alarm);
        // If the body has swallowed an unwinding, its result is worth nothing.
        leaving.again();
        return written(value);
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

    /** The failure of the body, unless the attempt is to be left: what broke then is not the body's fault. */
    private RunError judge(Throwable thrown, boolean interrupted, boolean rang) {
        leaving.check();
        if (leaving.cancelDelivered() && thrown instanceof Unwind.Cancelled road) throw road;
        if (interrupted && leaving.cancelIsDue()) throw leaving.cancelAt(key, step.name());
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
