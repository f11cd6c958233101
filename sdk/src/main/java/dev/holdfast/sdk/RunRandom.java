package dev.holdfast.sdk;

import dev.holdfast.core.RunId;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Numbers that depend on the run alone. Drawn inside the body of a step they would depend on whether the body runs, so
 * that is refused.
 */
final class RunRandom implements RandomGenerator {
    /** Named and specified by the JDK, so that another release gives the same numbers. */
    private static final String ALGORITHM = "L64X128MixRandom";

    private final RandomGenerator numbers;
    private final Confinement confinement;

    RunRandom(RunId run, Confinement confinement) {
        byte[] seed = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(run.high())
                .putLong(run.low())
                .array();
        this.numbers = RandomGeneratorFactory.of(ALGORITHM).create(seed);
        this.confinement = confinement;
    }

    @Override
    public long nextLong() {
        confinement.check("the generator of ctx.random()");
        return numbers.nextLong();
    }
}
