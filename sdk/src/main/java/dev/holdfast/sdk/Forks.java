package dev.holdfast.sdk;

import dev.holdfast.core.Refused;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The bodies of steps that execute beside the body of the task, each on a thread of its own.
 *
 * <p>When they have to leave they are interrupted, and whoever leaves user code waits for them: no body of a run ever
 * executes beside a later epoch of it in this process.
 */
final class Forks {
    private final Attempt attempt;
    private final Leaving leaving;
    /** Those that have not left. Here before they have a thread. */
    private final Set<StepKey> active = ConcurrentHashMap.newKeySet();

    private final Map<StepKey, Thread> threads = new ConcurrentHashMap<>();
    private final AtomicInteger resting = new AtomicInteger();
    private volatile boolean ending;
    /** Whoever begins now is interrupted at once. */
    private volatile boolean interrupting;

    Forks(Attempt attempt, Leaving leaving) {
        this.attempt = attempt;
        this.leaving = leaving;
    }

    /** Begins a step beside. Its result is what is recorded at its key when its thread has left. */
    <T extends @Nullable Object> void begin(
            Parts parts, StepKey key, Step<T> step, Step.Body<T> body, @Nullable StepRecord found) {
        var tries = new StepTries<>(parts, key, step, new Beside());
        active.add(key);
        leaving.ask(() -> attempt.beside(step.name(), () -> execute(key, () -> tries.run(body, found))));
    }

    private void execute(StepKey key, Runnable body) {
        threads.put(key, Thread.currentThread());
        if (interrupting) Thread.currentThread().interrupt();
        try {
            body.run();
        } catch (Unwind | Refused e) {
            // It has left without a result; why, the body of the task learns from its next call.
        } catch (Throwable e) {
            leaving.fail(e);
        } finally {
            threads.remove(key);
            active.remove(key);
            attempt.wake();
        }
    }

    /** Whether user code executes beside. */
    boolean busy() {
        return active.size() > resting.get();
    }

    /** How a step goes on that executes beside. */
    private final class Beside implements StepTries.Course {
        @Override
        public void check() {
            leaving.check();
            // Not for good: the body of the task may have returned.
            if (ending) throw new Unwind.GivenUp("The body of the task is being left.");
        }

        @Override
        public void rest(StepRecord pending) {
            Forks.this.rest(pending);
        }

        @Override
        public void cancelled(StepKey key, String name) {
            leaving.keep(StepRecord.cancelled(key, name, attempt.epoch()));
        }
    }

    private void rest(StepRecord pending) {
        resting.incrementAndGet();
        attempt.wake();
        try {
            Instant turn = pending.next();
            while (turn != null) {
                leaving.check();
                if (ending || leaving.cancelIsDue()) return;
                Duration left = Duration.between(leaving.ask(attempt::now), turn);
                if (!left.isPositive()) return;
                pause(left);
            }
        } finally {
            resting.decrementAndGet();
        }
    }

    private void pause(Duration time) {
        try {
            leaving.ask(() -> {
                attempt.pause(time);
                return true;
            });
        } catch (InterruptedException e) {
            // What it means is asked by whoever is about to pause again.
        }
    }

    /** Interrupts those that are executing and waits until they have left. Nothing of them is recorded any more. */
    void leave() {
        ending = true;
        tell();
    }

    /**
     * Makes this key the place where cancel is delivered. Those beside are told first, and have recorded what they did
     * about it: so a replay finds at each of their keys what there was when this one was reached.
     */
    Unwind.Cancelled cancelAt(StepKey key, String name) {
        tell();
        return leaving.cancelAt(key, name);
    }

    /** A cancel that was recorded is delivered: nobody executes beside what compensates it. */
    Unwind.Cancelled cancelled() {
        if (!leaving.cancelDelivered()) tell();
        return leaving.cancelled();
    }

    /** Interrupts those beside, and waits until they have left: what it means, they learn from the standing. */
    void tell() {
        if (active.isEmpty()) return;
        interrupting = true;
        threads.values().forEach(Thread::interrupt);
        leaving.ask(() -> {
            attempt.settle(active::isEmpty);
            return true;
        });
        interrupting = false;
    }
}
