package dev.holdfast.testkit.world;

import dev.holdfast.engine.port.Clock;
import dev.holdfast.testkit.sim.Turns;
import java.time.Duration;
import java.time.Instant;

/** The clock of the machine: it goes with the time of the turns, unless somebody sets it. */
final class WorldClock implements Clock {
    private final Turns turns;
    private Duration ahead = Duration.ZERO;
    private Instant setForward = Instant.MIN;

    WorldClock(Turns turns) {
        this.turns = turns;
    }

    @Override
    public Instant now() {
        return turns.now().plus(ahead);
    }

    /** Time itself, which nobody sets. */
    @Override
    public long nanos() {
        return turns.clock().nanos();
    }

    /** Sets it forward, or back: then a ledger's time stands still until it is what it was. */
    void set(Duration by) {
        ahead = ahead.plus(by);
        if (by.isPositive()) setForward = now();
    }

    /** Whether more time has passed on it since then than there was. */
    boolean wasSetSince(Instant then) {
        return !setForward.isBefore(then);
    }
}
