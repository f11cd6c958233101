package dev.holdfast.bench;

import dev.holdfast.node.Holdfast;
import dev.holdfast.sdk.Handler;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;

/**
 * No-op runs with the time at which each got where. A client has one run under way at a time, so its number tells whose
 * code is running.
 */
final class Stopwatch {
    private final AtomicLongArray begun;
    private final List<Samples> accepting;
    private final List<Samples> starting;
    private final List<Samples> ending;

    Stopwatch(int clients) {
        this.begun = new AtomicLongArray(clients);
        this.accepting = forEach(clients);
        this.starting = forEach(clients);
        this.ending = forEach(clients);
    }

    private static List<Samples> forEach(int clients) {
        return IntStream.range(0, clients).mapToObj(i -> new Samples()).toList();
    }

    /** The code of the run: it says that it was called. */
    Handler<Integer, Void> handler() {
        return Handler.of(Work.NOOP, (ctx, client) -> begun.set(client, System.nanoTime()));
    }

    /** Starts one and waits for its end. */
    void turn(Holdfast holdfast, int client) throws InterruptedException {
        long asked = System.nanoTime();
        var run = holdfast.start(Work.NOOP, client);
        long accepted = System.nanoTime();
        run.join();
        long ended = System.nanoTime();
        accepting.get(client).add(accepted - asked);
        // Start and claim are usually one commit: the code may be called before its caller has woken up.
        starting.get(client).add(Math.max(0, begun.get(client) - accepted));
        ending.get(client).add(ended - asked);
    }

    void write(Sheet sheet, String load) {
        write(sheet, load, "start() until durable", Samples.merged(accepting));
        write(sheet, load, "durable until user code runs", Samples.merged(starting));
        write(sheet, load, "start() until join() returns", Samples.merged(ending));
    }

    private static void write(Sheet sheet, String load, String name, Samples samples) {
        sheet.add(new Line(load, name + ", p50", Unit.MILLIS), samples.millis(0.5));
        sheet.add(new Line(load, name + ", p99", Unit.MILLIS), samples.millis(0.99));
    }
}
