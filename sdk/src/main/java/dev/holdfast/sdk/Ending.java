package dev.holdfast.sdk;

import dev.holdfast.core.RunError;
import dev.holdfast.core.StepKey;
import java.util.List;

/** How an attempt left user code. */
public sealed interface Ending {

    /** The body returned. {@code json} is its result. */
    record Returned(String json) implements Ending {}

    /**
     * The body threw.
     *
     * @param error as it will be recorded
     * @param toHistory the step whose failure left the body, and every key taken after it was delivered; empty if the
     *     failure was not that of a step. The next attempt begins without them
     */
    record Threw(RunError error, List<StepKey> toHistory) implements Ending {
        public Threw {
            toHistory = List.copyOf(toHistory);
        }
    }

    /** The body was left by an {@link Unwind}; whatever it returned or threw is discarded. */
    record Left(Why why) implements Ending {}

    /** Why an attempt left early. */
    enum Why {
        /** The body is to be called again, from the top. Also if a cancel could not be delivered to it where it was. */
        GIVEN_UP,
        SUPERSEDED,
        /** It was told of the cancel, or nothing was recorded yet that it could want to compensate. */
        CANCELLED
    }
}
