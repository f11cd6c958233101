package dev.holdfast.peers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients, each of which starts a run, waits for its end, perhaps pauses, and starts the next. Pauses are of any length
 * up to the longest, so that runs start at any time between two looks of somebody who looks again and again.
 */
final class Load {
    private final Bodies bodies;
    private final Samples starting = new Samples();
    private final Samples beginning = new Samples();
    private final Samples telling = new Samples();
    private final Samples whole = new Samples();
    private final AtomicLong numbers;

    /** @param numbers of runs, so that no id is used twice */
    Load(Bodies bodies, AtomicLong numbers) {
        this.bodies = bodies;
        this.numbers = numbers;
    }

    /**
     * @param runs that ended
     * @param seconds until the last of them did
     */
    record Done(long runs, double seconds) {
        double perSecond() {
            return runs / seconds;
        }
    }

    /**
     * @param limit after which no client starts another one
     * @param pause the longest between two runs of a client
     */
    record Shape(int clients, Duration limit, Duration pause) {
        static Shape busy(int clients, Duration limit) {
            return new Shape(clients, limit, Duration.ZERO);
        }
    }

    Done go(Peer.Start way, Work work, Shape shape) throws Exception {
        long begun = System.nanoTime();
        long end = begun + shape.limit().toNanos();
        var runs = new AtomicLong();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < shape.clients(); i++) {
                var random = new SplittableRandom(i);
                all.add(threads.submit(() -> {
                    pause(random, shape.pause());
                    while (System.nanoTime() - end < 0) {
                        turn(way, work);
                        runs.incrementAndGet();
                        pause(random, shape.pause());
                    }
                    return null;
                }));
            }
            for (Future<?> each : all) get(each);
        }
        return new Done(runs.get(), (System.nanoTime() - begun) / 1e9);
    }

    private static void pause(SplittableRandom random, Duration longest) throws InterruptedException {
        if (!longest.isZero()) TimeUnit.NANOSECONDS.sleep(random.nextLong(longest.toNanos()));
    }

    private static void get(Future<?> future) throws Exception {
        try {
            future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private void turn(Peer.Start way, Work work) throws Exception {
        String run = "run-" + numbers.incrementAndGet();
        long asked = System.nanoTime();
        Peer.Wait wait = way.start(work, run);
        long durable = System.nanoTime();
        wait.await();
        long told = System.nanoTime();
        Bodies.Times times = bodies.taken(run);
        starting.add(durable - asked);
        beginning.add(Math.max(0, times.began() - durable));
        telling.add(told - times.ended());
        whole.add(told - asked);
    }

    void write(Sheet sheet, String load) {
        write(sheet, load, "start until durable", starting);
        write(sheet, load, "durable until user code runs", beginning);
        write(sheet, load, "end of user code until the waiter knows", telling);
        write(sheet, load, "start until the waiter knows", whole);
    }

    private static void write(Sheet sheet, String load, String name, Samples samples) {
        sheet.figure(load, name + ", p50", "MILLIS", samples.millis(0.5));
        sheet.figure(load, name + ", p99", "MILLIS", samples.millis(0.99));
    }
}
