package dev.holdfast.server;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunState;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Wait;
import dev.holdfast.core.Waiting;
import dev.holdfast.engine.port.RunView;

/**
 * Where a run stands, in the one word that tells people most: its outcome, its state, or what its state means now. A
 * projection: nothing is decided by it.
 */
final class Status {
    private Status() {}

    /** From the row alone, so that whatever it waits for is {@code WAITING}. */
    static String of(Run run) {
        var status = run.status();
        if (status.outcome() != null) return status.outcome().name();
        return switch (run.state()) {
            case QUEUED -> queued(run);
            case RUNNING -> status.cancelled() ? "COMPENSATING" : "RUNNING";
            case BLOCKED -> "WAITING";
            case STARTING, STOPPING, FINISHED -> run.state().name();
        };
    }

    /** A run that waits for nothing but a time sleeps. */
    static String of(RunView view) {
        Waiting on = view.run().status().waiting();
        if (view.run().state() != RunState.BLOCKED || on == null) return of(view.run());
        var awaited = view.steps().stream()
                .filter(step -> on.keys().contains(step.key()))
                .map(StepRecord::awaits)
                .toList();
        if (!awaited.isEmpty() && awaited.stream().allMatch(wait -> wait instanceof Wait.Time)) return "SLEEPING";
        boolean turns = !awaited.isEmpty() && awaited.stream().allMatch(wait -> wait instanceof Wait.Turn);
        return turns ? "RETRYING" : "WAITING";
    }

    private static String queued(Run run) {
        if (run.status().parked() != null) return "PARKED";
        if (run.status().cancelled()) return "COMPENSATING";
        if (run.place().due() == null) return "QUEUED";
        return run.wasStarted() ? "RETRYING" : "DELAYED";
    }
}
