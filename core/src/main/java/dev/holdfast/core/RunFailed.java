package dev.holdfast.core;

/** Another run did not succeed. */
public final class RunFailed extends HoldfastException {
    private static final long serialVersionUID = 1L;

    private final transient RunId run;
    private final Outcome outcome;
    private final transient RunError error;

    public RunFailed(RunId run, Outcome outcome, RunError error) {
        super("run_failed", run + " ended " + outcome + ": " + error.message());
        this.run = run;
        this.outcome = outcome;
        this.error = error;
    }

    public RunId run() {
        return run;
    }

    public Outcome outcome() {
        return outcome;
    }

    public RunError error() {
        return error;
    }
}
