package dev.holdfast.engine.port;

import dev.holdfast.core.Fence;
import dev.holdfast.core.Run;

/**
 * The fence of a change: what the run's row must look like, checked under its lock before anything is written. If it
 * does not, nothing is written and the answer is {@link Receipt.Stale}.
 */
public sealed interface Expect {

    /** The run is new. */
    record Absent() implements Expect {}

    /** The holder writes: epoch and holder are as it knows them. */
    record Held(Fence.By by) implements Expect {}

    /**
     * Somebody else decides: the run is exactly as it was read, in epoch, holder (or none) and seq. Nobody holds it, or
     * whoever holds it is lost; if it moved after it was read it is to be read and decided again.
     */
    record AsRead(Fence fence) implements Expect {}

    /** Somebody else's message: the run exists and has not finished. */
    record Alive() implements Expect {}

    /** The fence of a decision about a run that whoever decides does not hold. */
    static Expect asRead(Run run) {
        return new AsRead(run.fence());
    }
}
