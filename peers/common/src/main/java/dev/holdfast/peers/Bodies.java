package dev.holdfast.peers;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/**
 * What runs do, the same for everybody: they note when they were called, and nothing else.
 *
 * <p>In a process that is to be killed, the third step of a {@link Work#STUCK} run never ends.
 */
public final class Bodies {
    /** Of a run that has steps. */
    public static final int STEPS = 5;

    /** The step that a process that is to be killed never leaves; from 1. */
    public static final int STUCK_AT = 3;

    /** When the code of a run was called and when it was done, by {@link System#nanoTime}. */
    record Times(long began, long ended) {}

    private final Map<String, Times> times = new ConcurrentHashMap<>();
    private final AtomicLong ended = new AtomicLong();
    private final CountDownLatch never;
    private final BiConsumer<String, Integer> steps;

    private Bodies(CountDownLatch never, BiConsumer<String, Integer> steps) {
        this.never = never;
        this.steps = steps;
    }

    static Bodies quiet() {
        return new Bodies(new CountDownLatch(0), (run, step) -> {});
    }

    /** Of a process that is to be killed. */
    static Bodies stuck(BiConsumer<String, Integer> steps) {
        return new Bodies(new CountDownLatch(1), steps);
    }

    /** Of one that may go on with the other's work. */
    static Bodies heard(BiConsumer<String, Integer> steps) {
        return new Bodies(new CountDownLatch(0), steps);
    }

    /** The whole of a no-op run. */
    public void noop(String run) {
        began(run);
        ended(run);
    }

    /** A run's code is called. Called again, it is the first time that counts. */
    public void began(String run) {
        times.putIfAbsent(run, new Times(System.nanoTime(), 0));
    }

    /** A run's code has done all. */
    public void ended(String run) {
        times.computeIfPresent(run, (id, t) -> new Times(t.began(), System.nanoTime()));
        ended.incrementAndGet();
    }

    /**
     * The body of a step.
     *
     * @param number from 1
     */
    public int step(Work work, String run, int number) {
        if (work != Work.STUCK) return number;
        steps.accept(run, number);
        if (number == STUCK_AT) {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return number;
    }

    /** Of a run that has ended; it is forgotten. */
    Times taken(String run) {
        Times found = times.remove(run);
        if (found == null)
            throw new IllegalStateException("run " + run + " was said to have ended and was never called");
        return found;
    }

    void forget() {
        times.clear();
    }

    /** How many runs have done all, since the process began. */
    long endedRuns() {
        return ended.get();
    }
}
