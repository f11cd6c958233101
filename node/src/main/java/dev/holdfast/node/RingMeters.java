package dev.holdfast.node;

import dev.holdfast.postgres.membership.Listener;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongGauge;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a node counts of the others: how many it sees, and those that it has found dead itself. */
final class RingMeters implements AutoCloseable {
    private static final AttributeKey<String> HOW = AttributeKey.stringKey("how");
    /** In seconds: some milliseconds are usual. */
    private static final List<Double> BOUNDS = List.of(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0);

    private final LongCounter takeovers;
    private final DoubleHistogram took;
    private final ObservableLongGauge nodes;

    /** @param now what this process is; null while it is no node */
    RingMeters(Meter meter, Supplier<@Nullable Incarnation> now) {
        takeovers = meter.counterBuilder("holdfast.takeovers")
                .setDescription("nodes that this one has found dead, by what showed it")
                .build();
        took = meter.histogramBuilder("holdfast.takeover")
                .setUnit("s")
                .setDescription("from the moment when a node was found dead to the moment when what it held was free")
                .setExplicitBucketBoundariesAdvice(BOUNDS)
                .build();
        nodes = meter.gaugeBuilder("holdfast.nodes")
                .ofLongs()
                .setDescription("nodes that are alive, as this one sees them")
                .buildWithCallback(out -> {
                    Incarnation present = now.get();
                    // Of what it has seen last: nobody is asked.
                    if (present != null)
                        out.record(present.member().membership().nodes().size());
                });
    }

    void found(Listener.Found dead) {
        takeovers.add(1, Attributes.of(HOW, dead.how().name()));
        took.record(dead.took().toNanos() / 1e9);
    }

    @Override
    public void close() {
        nodes.close();
    }
}
