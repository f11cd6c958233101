package dev.holdfast.engine;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunState;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Wait;
import dev.holdfast.core.Waiting;
import dev.holdfast.sdk.Attempt.Goal;
import dev.holdfast.sdk.Attempt.Standing;
import dev.holdfast.sdk.Attempt.Waited;
import dev.holdfast.sdk.Attempt.Wish;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How the thread of an attempt waits. A short wait holds the thread. A longer one leaves user code, and then the run costs
 * a row: a wait for a time at once, any other one when it has taken as long as the run's {@code giveUpAfter}.
 *
 * <p>The run is BLOCKED while nothing of it executes. While the body of a step executes beside, it only waits in memory.
 */
final class Blocking {
    private static final Duration LOOK = Duration.ofMinutes(1);

    private final Holding holding;
    private final Recorded recorded;
    private final Ports ports;
    private @Nullable Leave leave;

    Blocking(Holding holding, Recorded recorded, Ports ports) {
        this.holding = holding;
        this.recorded = recorded;
        this.ports = ports;
    }

    /**
     * What a run is given up for.
     *
     * @param on what it goes on with
     * @param begun the wait that begins with it; null if it is written already
     */
    record Leave(Waiting on, @Nullable StepRecord begun) {
        /** Whether it is over already. */
        boolean isOver(Recorded recorded) {
            return on.isOver(key -> {
                StepRecord step = recorded.at(key);
                return step == null || !step.isFinal();
            });
        }

        /** When the run is to go on by itself: when a wait is over, or when a step is to be tried again. */
        @Nullable
        Instant until(Recorded recorded) {
            var steps = on.keys().stream().map(key -> isAt(begun, key) ? begun : recorded.at(key));
            return Stream.concat(
                            steps.filter(Objects::nonNull)
                                    .filter(s -> !s.isFinal())
                                    .map(StepRecord::next)
                                    .filter(Objects::nonNull),
                            recorded.turn().stream())
                    .min(Instant::compareTo)
                    .orElse(null);
        }
    }

    /** Set if the code was asked to leave. */
    @Nullable
    Leave leave() {
        return leave;
    }

    Waited await(Wish wish) {
        Instant began = now();
        Run run = holding.run();
        // While it compensates it has little time, and a child of it may need its slot.
        Duration patience = run.policy().giveUpAfter();
        Duration unknown = run.status().cancelled() ? Duration.ZERO : patience;
        while (true) {
            holding.intake().lookIfAsked();
            if (isOver(wish)) return holding.intake().goesOn() ? Waited.OVER : Waited.SUPERSEDED;
            if (holding.standing() == Standing.SUPERSEDED) return Waited.SUPERSEDED;
            if (holding.isToLook()) return Waited.LOOK;
            StepRecord begun = begun(wish);
            Instant until = until(wish, begun);
            boolean busy = wish.busy().getAsBoolean();
            boolean mayLeave = !busy && holding.mayLeave();
            Duration left = until == null ? LOOK : Duration.between(now(), until);
            // A wait for a time is known to be long; any other one is when it was.
            boolean onlyTime = isOnlyTime(wish, begun);
            Duration held = onlyTime
                    ? (left.compareTo(patience) > 0 ? Duration.ZERO : LOOK)
                    : unknown.minus(Duration.between(began, now()));
            if (begun == null && !left.isPositive()) {
                holding.intake().timeCame();
                continue;
            }
            // Not before it is written down: what it waits for may be there already.
            if (mayLeave && !held.isPositive() && (onlyTime || begun == null)) {
                leave = new Leave(wish.on(), begun);
                return Waited.LEAVE;
            }
            boolean toBlock =
                    !busy && wish.goal() == Goal.RESULT && holding.run().state() == RunState.RUNNING;
            if (begun != null || toBlock) {
                Instant deadline = new Leave(wish.on(), begun).until(recorded);
                if (!holding.intake().begin(toBlock ? wish.on() : null, begun, deadline)) return Waited.SUPERSEDED;
                continue;
            }
            try {
                recorded.await(mayLeave && held.compareTo(left) < 0 ? held : left);
            } catch (InterruptedException e) {
                return Waited.LOOK;
            }
        }
    }

    /** The wait that is to be written down; null if it is. */
    private @Nullable StepRecord begun(Wish wish) {
        StepRecord begun = wish.begun();
        return begun == null || recorded.at(begun.key()) != null ? null : begun;
    }

    private boolean isOver(Wish wish) {
        return wish.on().isOver(key -> {
            StepRecord step = recorded.at(key);
            if (step == null) return true;
            Instant next = step.next();
            boolean itsTurn = wish.goal() == Goal.TURN && (next == null || !next.isAfter(now()));
            return !step.isFinal() && !itsTurn;
        });
    }

    /** Whether nothing but time ends it. */
    private boolean isOnlyTime(Wish wish, @Nullable StepRecord begun) {
        return wish.goal() == Goal.TURN
                || steps(wish, begun).allMatch(s -> s != null && s.awaits() instanceof Wait.Time);
    }

    /** When the first of them is over by itself. A step that executes beside sees to its next try itself. */
    private @Nullable Instant until(Wish wish, @Nullable StepRecord begun) {
        return steps(wish, begun)
                .filter(Objects::nonNull)
                .filter(s -> !s.isFinal())
                .filter(s -> wish.goal() == Goal.TURN || !(s.awaits() instanceof Wait.Turn))
                .map(StepRecord::next)
                .filter(Objects::nonNull)
                .min(Instant::compareTo)
                .orElse(null);
    }

    private Stream<@Nullable StepRecord> steps(Wish wish, @Nullable StepRecord begun) {
        return wish.on().keys().stream().map(key -> isAt(begun, key) ? begun : recorded.at(key));
    }

    private static boolean isAt(@Nullable StepRecord begun, StepKey key) {
        return begun != null && begun.key().equals(key);
    }

    private Instant now() {
        return ports.ledger().now();
    }
}
