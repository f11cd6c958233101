package dev.holdfast.engine;

import dev.holdfast.core.Outcome;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import java.time.Duration;

/** What the engine counts: one metric per promise. */
final class Meters {
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("outcome");

    private final LongCounter started;
    private final LongCounter finished;
    private final LongCounter stale;
    private final LongCounter lost;
    private final LongCounter givenUp;
    private final LongCounter rewinds;
    private final LongCounter deadlines;
    private final DoubleHistogram startLatency;

    Meters(Meter meter) {
        started = counter(meter, "holdfast.runs.started", "runs accepted");
        finished = counter(meter, "holdfast.runs.finished", "runs ended, by outcome");
        stale = counter(meter, "holdfast.writes.stale", "writes of executors that had lost their run, refused");
        lost = counter(meter, "holdfast.runs.lost", "runs taken from a holder that was gone");
        givenUp = counter(meter, "holdfast.runs.given_up", "runs that left memory to wait");
        rewinds = counter(meter, "holdfast.stream.rewinds", "rewinds written");
        deadlines = counter(meter, "holdfast.deadlines.fired", "deadlines that came");
        startLatency = meter.histogramBuilder("holdfast.start.latency")
                .setUnit("s")
                .setDescription("from a run's acceptance, or its due time, to its first claim")
                .build();
    }

    private static LongCounter counter(Meter meter, String name, String description) {
        return meter.counterBuilder(name).setDescription(description).build();
    }

    void started() {
        started.add(1);
    }

    void finished(Outcome outcome) {
        finished.add(1, Attributes.of(OUTCOME, outcome.name()));
    }

    void stale() {
        stale.add(1);
    }

    void lost() {
        lost.add(1);
    }

    void gaveUp() {
        givenUp.add(1);
    }

    void rewound() {
        rewinds.add(1);
    }

    void deadline() {
        deadlines.add(1);
    }

    void claimedAfter(Duration wait) {
        startLatency.record(wait.toNanos() / 1e9);
    }
}
