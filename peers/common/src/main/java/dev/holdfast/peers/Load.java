package dev.holdfast.peers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Clients, each of which starts a run, waits for its end, and starts the next. */
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

    Done go(Peer.Start way, Work work, int clients, Duration limit) throws Exception {
        long begun = System.nanoTime();
        long end = begun + limit.toNanos();
        var runs = new AtomicLong();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                all.add(threads.submit(() -> {
                    while (System.nanoTime() - end < 0) {
                        turn(way, work);
                        runs.incrementAndGet();
                    }
                    return null;
                }));
            }
            for (Future<?> each : all) get(each);
        }
        return new Done(runs.get(), (System.nanoTime() - begun) / 1e9);
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
