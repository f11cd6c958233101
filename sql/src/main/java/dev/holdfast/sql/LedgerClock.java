package dev.holdfast.sql;

import dev.holdfast.engine.port.Clock;
import java.time.Instant;

/**
 * A clock that never goes back, nor behind what is stored already. While the machine's clock is behind that (it was set
 * back, or was wrong when something was stored) time goes on at nine tenths of its pace: delays and deadlines still come,
 * and the two clocks meet again.
 */
public final class LedgerClock {
    /** So many nanoseconds pass for a millisecond of a clock that waits for the machine's. */
    private static final long CREEPING_MILLI = 1_111_111;

    private final Clock clock;
    private long newest;
    private long newestAtNanos;

    /** @param newestStored the newest instant that is written down, in milliseconds */
    public LedgerClock(Clock clock, long newestStored) {
        this.clock = clock;
        this.newest = newestStored;
        this.newestAtNanos = clock.nanos();
    }

    public synchronized Instant now() {
        long wall = clock.now().toEpochMilli();
        long nanos = clock.nanos();
        long crept = (nanos - newestAtNanos) / CREEPING_MILLI;
        if (wall >= newest + crept) {
            newest = wall;
            newestAtNanos = nanos;
        } else {
            newest += crept;
            newestAtNanos += crept * CREEPING_MILLI;
        }
        return Instant.ofEpochMilli(newest);
    }
}
