package dev.holdfast.bench;

import dev.holdfast.core.RunId;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** What is done with streams to measure them. */
sealed interface StreamLoad {
    /** In the order of the table. */
    List<StreamLoad> ALL = List.of(
            new Flood("one producer, one watcher", 1, 20_000),
            new Flood("100 producers, a watcher each", 100, 1_000),
            new Pace("1,000 watchers of one run, 20 chunks/s", 1, 1_000, 50_000),
            new Pace("1,000 runs with a watcher each, 1,000 chunks/s", 1_000, 1, 1_000_000));

    String CHUNKS = "chunks that reach their watcher";
    String P50 = "chunk to watcher, p50";
    String P99 = "chunk to watcher, p99";

    String name();

    void measure(StreamNodes nodes, StreamScale scale, Measured to) throws IOException;

    /** Where figures go, of one store. */
    record Measured(Sheet sheet, StreamStore store) {
        Line line(StreamLoad load, String name, Unit unit) {
            return new Line(load.name() + "; " + store.title(), name, unit);
        }
    }

    /** Watchers are spread over the nodes in turn. */
    private static void watch(Audience audience, StreamNodes nodes, List<RunId> runs, int each) throws IOException {
        List<URI> urls = nodes.urls();
        int next = 0;
        for (RunId run : runs) {
            for (int i = 0; i < each; i++) audience.watch(urls.get(next++ % urls.size()), run);
        }
    }

    /**
     * As many chunks as go through.
     *
     * @param chunks of each producer
     */
    record Flood(String name, int producers, int chunks) implements StreamLoad {
        private static final Duration LIMIT = Duration.ofMinutes(2);

        @Override
        public void measure(StreamNodes nodes, StreamScale scale, Measured to) throws IOException {
            try (var audience = new Audience()) {
                watch(audience, nodes, nodes.start(producers, chunks / scale.part(), 0), 1);
                audience.listenToTheEnd(LIMIT);
                to.sheet().add(to.line(this, CHUNKS, Unit.PER_SECOND), audience.perSecond());
                to.sheet()
                        .add(
                                to.line(this, P50, Unit.MILLIS),
                                audience.latencies().millis(0.5));
            }
        }
    }

    /**
     * Chunks at a pace that is kept: how late they are.
     *
     * @param watchers of each run
     * @param everyMicros between two chunks of a run
     */
    record Pace(String name, int runs, int watchers, long everyMicros) implements StreamLoad {
        @Override
        public void measure(StreamNodes nodes, StreamScale scale, Measured to) throws IOException {
            Duration whole = scale.settle().plus(scale.time()).plusSeconds(2);
            int chunks = (int) (whole.toNanos() / 1_000 / everyMicros);
            long before = nodes.largestHeap();
            try (var audience = new Audience()) {
                watch(audience, nodes, nodes.start(runs, chunks, everyMicros), watchers);
                audience.settle(scale.settle());
                audience.listen(scale.time());
                Samples late = audience.latencies();
                double expected = scale.time().toNanos() / 1e3 / everyMicros * runs * watchers;
                to.sheet()
                        .add(
                                to.line(this, CHUNKS, Unit.PER_SECOND),
                                late.count() / (scale.time().toMillis() / 1e3));
                to.sheet().add(to.line(this, "of those that were sent", Unit.RATIO), late.count() / expected);
                to.sheet().add(to.line(this, P50, Unit.MILLIS), late.millis(0.5));
                to.sheet().add(to.line(this, P99, Unit.MILLIS), late.millis(0.99));
                to.sheet().add(to.line(this, "chunk to watcher, longest", Unit.MILLIS), late.millis(1));
                long grown = Math.max(0, nodes.largestHeap() - before);
                to.sheet().add(to.line(this, "heap of a node for it", Unit.MEGABYTES), grown / 1e6);
            }
        }
    }
}
