package dev.holdfast.testkit;

import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Ids;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;

/** Ids in the order in which they are asked for, and randomness, both from a seed: the same in every run of a test. */
public final class SeededIds implements Ids {
    private static final long VERSION_7 = 0x7000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private final Random random;
    private final Clock clock;
    private long lastMillis;
    private int counter;

    public SeededIds(long seed, Clock clock) {
        this.random = new Random(seed);
        this.clock = clock;
    }

    @Override
    public UUID next() {
        return at(clock.now());
    }

    /** In the order in which they are asked for, too. */
    @Override
    public synchronized UUID at(Instant time) {
        long millis = Math.max(lastMillis, time.toEpochMilli());
        counter = millis == lastMillis ? counter + 1 : 0;
        if (counter > 0xFFF) {
            millis++;
            counter = 0;
        }
        lastMillis = millis;
        long low = VARIANT | (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL);
        return new UUID((millis << 16) | VERSION_7 | counter, low);
    }

    @Override
    public synchronized double dice() {
        return random.nextDouble();
    }
}
