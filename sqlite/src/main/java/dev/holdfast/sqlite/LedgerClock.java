package dev.holdfast.sqlite;

import dev.holdfast.engine.port.Clock;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that never goes back, nor behind what is stored already. */
final class LedgerClock {
    private final Clock clock;
    private final AtomicLong newest;

    LedgerClock(Clock clock, long newestStored) {
        this.clock = clock;
        this.newest = new AtomicLong(newestStored);
    }

    Instant now() {
        return Instant.ofEpochMilli(newest.accumulateAndGet(clock.now().toEpochMilli(), Math::max));
    }
}
