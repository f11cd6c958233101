package dev.holdfast.postgres.ladder;

import java.time.Duration;

/**
 * Whether the replica is asked. After a few failures in a row it is not, but for one probe at a time and at most one a second;
 * the first answer ends that.
 */
final class Breaker {
    private static final int OPENS = 3;
    private static final Duration BETWEEN_PROBES = Duration.ofSeconds(1);

    private int failures;
    private boolean probing;
    private long probeAt;

    /** Whether it may be asked at this time, in nanoseconds: whoever is let through tells how it went. */
    synchronized boolean admits(long now) {
        if (failures < OPENS) return true;
        if (probing || now - probeAt < 0) return false;
        probing = true;
        return true;
    }

    /** @return whether it was open until now */
    synchronized boolean answered() {
        boolean wasOpen = failures >= OPENS;
        failures = 0;
        probing = false;
        return wasOpen;
    }

    /** @return whether it opens now */
    synchronized boolean failed(long now) {
        failures++;
        probing = false;
        probeAt = now + BETWEEN_PROBES.toNanos();
        return failures == OPENS;
    }
}
