package dev.holdfast.engine;

import dev.holdfast.core.Command;
import dev.holdfast.core.Decision;
import dev.holdfast.core.Rules;
import dev.holdfast.core.Run;
import dev.holdfast.core.Snapshot;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Write;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A change that is being put together: decisions about one run, one after the other, that are written as one. */
final class Draft {
    private final Run before;
    private final Expect expect;
    private final Instant now;
    private final UUID id;
    private final List<Write> writes = new ArrayList<>();
    private Run run;
    private String cause = "";

    Draft(Run before, Expect expect, Instant now, UUID id) {
        this.before = before;
        this.expect = expect;
        this.run = before;
        this.now = now;
        this.id = id;
    }

    /** The run as it was read. */
    Run before() {
        return before;
    }

    /** The run as it will be. */
    Run run() {
        return run;
    }

    Instant now() {
        return now;
    }

    /** Decides, and takes the decision over if it changes the run. */
    Decision decide(Command command) {
        Decision decision = Rules.decide(run, command, now);
        switch (decision) {
            case Decision.Transition t -> {
                run = t.next();
                cause = t.cause();
                writes.add(new Write.Snap(Snapshot.of(run, t.cause(), now, id)));
            }
            case Decision.Accepted a -> run = a.next();
            default -> {}
        }
        return decision;
    }

    void add(Write write) {
        writes.add(write);
    }

    void addAll(List<? extends Write> more) {
        writes.addAll(more);
    }

    /** Whether it records a step, be it only that it waits. */
    boolean records() {
        return writes.stream().anyMatch(write -> write instanceof Write.Step);
    }

    /** Whether it ends the run. */
    boolean ends() {
        return run.isFinished() && !before.isFinished();
    }

    /** Why the run is as it will be. */
    String cause() {
        return cause;
    }

    /** Whether there is nothing to write. */
    boolean isEmpty() {
        return writes.isEmpty() && run.equals(before);
    }

    Change change() {
        var all = new ArrayList<>(writes);
        if (!run.equals(before)) all.add(new Write.Row(run));
        return new Change(id, before.id(), expect, null, all);
    }
}
