package dev.holdfast.engine;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.metrics.Meter;
import java.time.Duration;

/**
 * How an engine behaves.
 *
 * @param slots attempts that may execute at once; more of them only helps code that waits
 * @param look how often it looks by itself, should every hint be lost
 * @param drainGrace how long a close waits for user code to leave
 * @param meter where it counts
 */
public record EngineOptions(int slots, Duration look, Duration drainGrace, Meter meter) {
    /** Four slots for each core, a look every second, five seconds of grace, nothing counted. */
    public static EngineOptions defaults() {
        return new EngineOptions(
                4 * Runtime.getRuntime().availableProcessors(),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                OpenTelemetry.noop().getMeter("holdfast"));
    }

    public EngineOptions slots(int count) {
        return new EngineOptions(count, look, drainGrace, meter);
    }

    public EngineOptions drainGrace(Duration grace) {
        return new EngineOptions(slots, look, grace, meter);
    }

    public EngineOptions meter(Meter to) {
        return new EngineOptions(slots, look, drainGrace, to);
    }
}
