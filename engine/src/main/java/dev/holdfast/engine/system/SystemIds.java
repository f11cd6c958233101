package dev.holdfast.engine.system;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import dev.holdfast.engine.port.Ids;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Ids that grow with time and cannot be guessed: 48 bits of milliseconds, 74 bits of a secure random number. */
public final class SystemIds implements Ids {
    private final TimeBasedEpochGenerator generator = Generators.timeBasedEpochGenerator(new SecureRandom());
    /** Times of another clock: within a millisecond its ids grow, too. */
    private final TimeBasedEpochGenerator ofTimes = Generators.timeBasedEpochGenerator(new SecureRandom());

    @Override
    public UUID next() {
        return generator.generate();
    }

    @Override
    public UUID at(Instant time) {
        return ofTimes.construct(time.toEpochMilli());
    }

    @Override
    public double dice() {
        return ThreadLocalRandom.current().nextDouble();
    }
}
