package dev.holdfast.engine.port;

import java.time.Instant;

/** Time. Never goes backwards. Truncated to milliseconds, which is what is stored. */
public interface Clock {
    Instant now();

    /** A monotonic count of nanoseconds, for durations. */
    long nanos();
}
