package dev.holdfast.postgres.ladder;

import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Clock;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is told of reads for which the replica was not enough. Each counter grows for what is true of the replica; a cursor of
 * nobody, which anybody can make up, is none of that.
 */
final class Misses {
    private static final Logger LOG = LoggerFactory.getLogger(Misses.class);
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("outcome");
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

    private final LongCounter misses;
    private final LongCounter failures;
    private final Clock clock;
    private long nextLine;
    private long unsaid;

    Misses(Meter meter, Clock clock) {
        this.misses = meter.counterBuilder("holdfast.snapshots_since.replica_miss")
                .setDescription("reads of snapshots that the replica did not answer at once, by who did")
                .build();
        this.failures = meter.counterBuilder("holdfast.replica.unavailable")
                .setDescription("reads that the replica could not answer, or was not asked for while it is not in use")
                .build();
        this.clock = clock;
        this.nextLine = clock.nanos();
    }

    /** It had caught up when it was asked again. */
    void replicaRetry() {
        miss("replica_retry");
    }

    /** The primary has it. */
    void primary(RunId run, long cursor, long atLeast) {
        miss("primary");
        LOG.warn(
                "the replica is behind: run {} was read of the primary (cursor {}, at least {})", run, cursor, atLeast);
    }

    /** A hint told of a seq that not even the primary has. */
    void ahead() {
        miss("ahead");
    }

    private void miss(String outcome) {
        misses.add(1, Attributes.of(OUTCOME, outcome));
    }

    /** The primary does not know it either. Anybody can ask for that, so it is said now and then. */
    void unknown(RunId run, long cursor) {
        long others = turn();
        if (others < 0) return;
        LOG.warn(
                "cursor {} of run {} is not known to the replica, nor then to the primary; {} others since the last line",
                cursor,
                run,
                others);
    }

    /** How many were not said since the last line; negative if this one is not, either. */
    private long turn() {
        long now = clock.nanos();
        synchronized (this) {
            if (now - nextLine < 0) {
                unsaid++;
                return -1;
            }
            nextLine = now + BETWEEN_LINES.toNanos();
            long others = unsaid;
            unsaid = 0;
            return others;
        }
    }

    /** It was asked and failed. */
    void failed() {
        failures.add(1, Attributes.of(OUTCOME, "failed"));
    }

    /** It is not asked at the moment. */
    void notAsked() {
        failures.add(1, Attributes.of(OUTCOME, "not_asked"));
    }
}
