package dev.holdfast.postgres.ladder;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.metrics.Meter;
import java.time.Duration;

/**
 * A replica of the database, which answers what may be behind. Decisions never read it.
 *
 * @param url as of {@link PostgresOptions}; it leads to a hot standby and nothing else
 * @param least how long a reader that is ahead of the replica waits, at least, before the replica is asked again
 * @param most … and at most; 0 to ask the primary at once. Longer than the replica is usually behind: who comes too early
 *     loads the primary
 * @param meter where it counts
 */
public record ReplicaOptions(String url, Duration least, Duration most, Meter meter) {
    /** @throws IllegalArgumentException if the shortest wait is negative, or longer than the longest */
    public ReplicaOptions {
        if (least.isNegative() || least.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    "a reader that is ahead of the replica cannot wait from " + least + " to " + most);
        }
    }

    /** Waits 50 to 200 ms; counts nothing. */
    public static ReplicaOptions at(String url) {
        return new ReplicaOptions(
                url,
                Duration.ofMillis(50),
                Duration.ofMillis(200),
                OpenTelemetry.noop().getMeter("holdfast"));
    }

    public ReplicaOptions waits(Duration atLeast, Duration atMost) {
        return new ReplicaOptions(url, atLeast, atMost, meter);
    }

    public ReplicaOptions meter(Meter to) {
        return new ReplicaOptions(url, least, most, to);
    }

    /** Without the URL, which may contain a password. */
    @Override
    public String toString() {
        return "ReplicaOptions";
    }
}
