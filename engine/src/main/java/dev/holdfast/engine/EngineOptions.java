package dev.holdfast.engine;

import dev.holdfast.core.Defaults;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.metrics.Meter;
import java.time.Duration;

/**
 * How an engine behaves.
 *
 * @param slots attempts that may execute at once; more of them only helps code that waits
 * @param look how often it looks by itself, should every hint be lost
 * @param retention how long runs are kept that have ended; then they are removed with all that is theirs
 * @param drainGrace how long a close waits for user code to leave
 * @param meter where it counts
 */
public record EngineOptions(int slots, Duration look, Duration retention, Duration drainGrace, Meter meter) {
    /** Four slots for each core, a look every second, ended runs kept for 30 days, five seconds of grace, nothing counted. */
    public static EngineOptions defaults() {
        return new EngineOptions(
                Defaults.SLOTS_PER_CORE * Runtime.getRuntime().availableProcessors(),
                Defaults.LOOK,
                Defaults.RUN_RETENTION,
                Defaults.DRAIN_GRACE,
                OpenTelemetry.noop().getMeter("holdfast"));
    }

    public EngineOptions slots(int count) {
        return new EngineOptions(count, look, retention, drainGrace, meter);
    }

    /** @throws IllegalArgumentException if it is not positive */
    public EngineOptions retention(Duration time) {
        if (!time.isPositive()) throw new IllegalArgumentException("runs are kept for some time, not for " + time);
        return new EngineOptions(slots, look, time, drainGrace, meter);
    }

    public EngineOptions drainGrace(Duration grace) {
        return new EngineOptions(slots, look, retention, grace, meter);
    }

    public EngineOptions meter(Meter to) {
        return new EngineOptions(slots, look, retention, drainGrace, to);
    }
}
