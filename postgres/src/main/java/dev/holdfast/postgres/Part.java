package dev.holdfast.postgres;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Write;
import dev.holdfast.sql.RunRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a change is to one run: the change itself, or the start of a child within it.
 *
 * @param row as it will be; null if the row is not written
 * @param snapshots how many are written
 * @param begins the starts of its children
 */
record Part(Change change, @Nullable Run row, int snapshots, List<Part> begins) {

    static Part of(Change change) {
        Run row = null;
        int snapshots = 0;
        var begins = new ArrayList<Part>();
        for (Write write : change.writes()) {
            if (write instanceof Write.Row r) row = r.run();
            if (write instanceof Write.Snap) snapshots++;
            if (write instanceof Write.Begin b) begins.add(of(b.start()));
        }
        return new Part(change, row, snapshots, List.copyOf(begins));
    }

    RunId run() {
        return change.run();
    }

    boolean isNew() {
        return change.expect() instanceof Expect.Absent;
    }

    /** Whether the run ends with it. */
    boolean ends() {
        return row != null && row.isFinished() && snapshots > 0;
    }

    /** Whether somebody may claim the run after it. */
    boolean queues() {
        return row != null && row.state() == RunState.QUEUED;
    }

    /** Whether the run is new and in a lane. */
    boolean startsInLane() {
        return isNew() && row != null && row.place().lane() != null;
    }

    /** Whether somebody may claim the run at once. */
    boolean offers(Instant now) {
        return row != null && RunRow.claimAt(row, now) != null;
    }

    /** This part, and those of its children. */
    List<Part> all() {
        if (begins.isEmpty()) return List.of(this);
        var all = new ArrayList<Part>();
        all.add(this);
        for (Part child : begins) all.addAll(child.all());
        return all;
    }

    <W extends Write> List<W> writes(Class<W> kind) {
        List<W> found = List.of();
        for (Write write : change.writes()) {
            if (!kind.isInstance(write)) continue;
            if (found.isEmpty()) found = new ArrayList<>();
            found.add(kind.cast(write));
        }
        return found;
    }

    boolean has(Class<? extends Write> kind) {
        for (Write write : change.writes()) if (kind.isInstance(write)) return true;
        return false;
    }

    Optional<String> payload(Write.Payload.Kind kind) {
        for (Write write : change.writes()) {
            if (write instanceof Write.Payload p && p.kind() == kind) return Optional.of(p.json());
        }
        return Optional.empty();
    }
}
