package dev.holdfast.engine.system;

import dev.holdfast.engine.port.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** The system's clock in milliseconds, made monotonic: when somebody turns it back, time stands still for as long. */
public final class SystemClock implements Clock {
    private final InstantSource source;
    private final AtomicLong newest;

    public SystemClock() {
        this(InstantSource.system(), Instant.EPOCH);
    }

    /**
     * @param source what is read
     * @param notBefore it begins no earlier than this: the newest instant that was ever stored
     */
    public SystemClock(InstantSource source, Instant notBefore) {
        this.source = source;
        this.newest = new AtomicLong(notBefore.toEpochMilli());
    }

    @Override
    public Instant now() {
        return Instant.ofEpochMilli(newest.accumulateAndGet(source.millis(), Math::max));
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }
}
