package dev.holdfast.core;

import org.jspecify.annotations.Nullable;

/**
 * What a write must name to be accepted, as the run's row has it now.
 *
 * <p>An executor's write names {@code (epoch, holder)}; a decision of anybody else names
 * all three as they were read, be the holder none or lost. The epoch grows at every hand-over and at every release, so that a write of anyone
 * who has lost the run is stale from the moment of the loss, and not only from the next claim on.
 *
 * @param epoch 0 before the first claim
 * @param holder null while nobody holds the run
 * @param seq the number of the newest snapshot, dense from 1
 */
public record Fence(long epoch, @Nullable Holder holder, long seq) {
    /** The right to write as the holder of this epoch. */
    public record By(long epoch, Holder holder) {}

    public boolean admits(By by) {
        return epoch == by.epoch() && by.holder().equals(holder);
    }

    Fence handedTo(Holder next) {
        return new Fence(epoch + 1, next, seq + 1);
    }

    Fence released() {
        return new Fence(epoch + 1, null, seq + 1);
    }

    Fence kept() {
        return new Fence(epoch, holder, seq + 1);
    }
}
