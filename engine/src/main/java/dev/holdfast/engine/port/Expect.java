package dev.holdfast.engine.port;

import dev.holdfast.core.Fence;
import dev.holdfast.core.Run;

/**
 * The fence of a change: what the run's row must look like, checked under its lock before anything is written. If it
 * does not, nothing is written and the answer is {@link Receipt.Stale}.
 */
public sealed interface Expect {

    /** The run is new. A change that writes nothing leaves it so: only the answer to its request is kept. */
    record Absent() implements Expect {}

    /** The holder writes: epoch and holder are as it knows them. */
    record Held(Fence.By by) implements Expect {}

    /**
     * Somebody else decides: the run is exactly as it was read, in epoch, holder (or none) and seq. Nobody holds it, or
     * whoever holds it is lost; if it moved after it was read it is to be read and decided again.
     *
     * @param ifBusy what is done while somebody else is about to change it
     */
    record AsRead(Fence fence, IfBusy ifBusy) implements Expect {
        /** Waits for whoever is at it. */
        public AsRead(Fence fence) {
            this(fence, IfBusy.WAIT);
        }
    }

    /** What is done with a run that somebody else is about to change, and does not for long. */
    enum IfBusy {
        WAIT,
        /** It has not been decided then: whoever asks looks for all that is to be done, and meets it again. */
        LEAVE
    }

    /** Somebody else's message: the run exists and has not finished. */
    record Alive() implements Expect {}

    /** The fence of a decision about a run that whoever decides does not hold. */
    static Expect asRead(Run run) {
        return new AsRead(run.fence());
    }

    /** The same for one of many: if somebody else is at it for long it is {@link Receipt.Stale}. */
    static Expect atRest(Run run) {
        return new AsRead(run.fence(), IfBusy.LEAVE);
    }
}
