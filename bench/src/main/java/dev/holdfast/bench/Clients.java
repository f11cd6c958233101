package dev.holdfast.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;

/** Clients that are never idle: each takes its turn again and again, until the time is over. */
final class Clients {
    private Clients() {}

    /** What a client does, from the beginning to the end of one turn. */
    @FunctionalInterface
    interface Turn {
        void take(int client) throws Exception;
    }

    /** @param took until the last turn had ended */
    record Done(long turns, Duration took) {
        double perSecond() {
            return turns / (took.toNanos() / 1e9);
        }
    }

    static Done busy(int clients, Duration limit, Turn turn) throws InterruptedException {
        var turns = new LongAdder();
        long begun = System.nanoTime();
        long until = begun + limit.toNanos();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<?>>();
            for (int i = 0; i < clients; i++) {
                int client = i;
                all.add(threads.submit(() -> {
                    while (System.nanoTime() < until) {
                        turn.take(client);
                        turns.increment();
                    }
                    return turns;
                }));
            }
            for (var each : all) each.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a client could not go on: " + e.getCause(), e.getCause());
        }
        return new Done(turns.sum(), Duration.ofNanos(System.nanoTime() - begun));
    }
}
