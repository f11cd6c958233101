package dev.holdfast.sql;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.Snapshot;
import dev.holdfast.engine.port.SnapshotWindow;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The snapshots of a run since a cursor, its newest seq and the oldest one that is kept: one statement, so one moment. */
final class SnapshotsSince {
    /** A row for each snapshot, or one without any. */
    private static final String WINDOW = "SELECT r.seq, (SELECT min(f.seq) FROM snapshots f WHERE f.run = r.id),"
            + " s.seq, s.state, s.outcome, s.epoch, s.attempt, s.at, s.cause, s.change FROM runs r"
            + " LEFT JOIN snapshots s ON s.run = r.id AND s.seq > ? AND s.seq > r.seq - " + SnapshotWindow.MOST
            + " WHERE r.id = ? AND r.namespace = ? ORDER BY s.seq";

    private SnapshotsSince() {}

    private record Ends(long seq, long floor) {}

    /** Empty if the run is not there, or has not come so far. */
    static Optional<SnapshotWindow> read(Session session, Namespace namespace, RunId id, long since)
            throws SQLException {
        long from = Math.max(since, 0);
        var snapshots = new ArrayList<Snapshot>();
        List<Ends> rows = session.sql(WINDOW)
                .number(from)
                .id(id)
                .text(namespace.name())
                .list(r -> {
                    var ends = new Ends(r.number(), r.number());
                    Long seq = r.numberOrNull();
                    if (seq != null) snapshots.add(snapshot(seq, r));
                    return ends;
                });
        if (rows.isEmpty() || from > rows.getFirst().seq()) return Optional.empty();
        Ends run = rows.getFirst();
        long omitted = run.seq() - from - snapshots.size();
        return Optional.of(new SnapshotWindow(run.seq(), run.floor(), snapshots, omitted));
    }

    /** What comes after its seq. */
    static Snapshot snapshot(long seq, Sql.Row row) throws SQLException {
        return new Snapshot(
                seq,
                row.constant(RunState.class),
                row.constantOrNull(Outcome.class),
                row.number(),
                row.integer(),
                row.instant(),
                row.text(),
                row.id().uuid());
    }
}
