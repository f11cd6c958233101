package dev.holdfast.testkit;

import dev.holdfast.engine.port.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** Time that a test turns by hand. It stands still otherwise. */
public final class ManualClock implements Clock {
    private final AtomicLong millis;
    private final AtomicLong elapsed = new AtomicLong();

    public ManualClock() {
        this(Instant.parse("2026-01-01T00:00:00Z"));
    }

    public ManualClock(Instant start) {
        this.millis = new AtomicLong(start.toEpochMilli());
    }

    @Override
    public Instant now() {
        return Instant.ofEpochMilli(millis.get());
    }

    @Override
    public long nanos() {
        return elapsed.get() * 1_000_000;
    }

    /** Lets this much time pass, in whole milliseconds. A negative time is what an operator does who turns a clock back. */
    public void pass(Duration time) {
        millis.addAndGet(time.toMillis());
        elapsed.addAndGet(Math.max(0, time.toMillis()));
    }
}
