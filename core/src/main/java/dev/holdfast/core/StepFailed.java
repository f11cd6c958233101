package dev.holdfast.core;

/**
 * A step gave up. Thrown live and in replay alike, never the original exception: only what was recorded may steer the
 * code.
 */
public final class StepFailed extends HoldfastException {
    private static final long serialVersionUID = 1L;

    private final transient RunError error;
    private final transient StepKey key;

    public StepFailed(StepKey key, String step, RunError error) {
        super("step_failed", "step '" + step + "' failed: " + error.message());
        this.key = key;
        this.error = error;
    }

    /** What was recorded of the failure. */
    public RunError error() {
        return error;
    }

    /** Which step. */
    public StepKey key() {
        return key;
    }
}
