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

    /** Nobody holds it, and it is exactly as it was read. */
    record Free(long epoch, long seq) implements Expect {}

    /** Somebody else's message: the run exists and has not finished. */
    record Alive() implements Expect {}

    /** The fence of a decision that was made about this run as it was read or held. */
    static Expect of(Run run) {
        var fence = run.fence();
        return fence.holder() == null
                ? new Free(fence.epoch(), fence.seq())
                : new Held(new Fence.By(fence.epoch(), fence.holder()));
    }
}
