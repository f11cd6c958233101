package dev.holdfast.sql;

import dev.holdfast.core.Lane;
import dev.holdfast.core.Run;
import java.sql.SQLException;

/**
 * A lane as its columns.
 *
 * @param lane empty for the runs of a queue that are in no lane
 */
public record LaneKey(String namespace, String queue, String lane, boolean serial) {
    public static final String COLUMNS = "namespace, queue, lane, serial";
    public static final String IS = "namespace = ? AND queue = ? AND lane = ? AND serial = ?";

    /** Of the runs of a lane, those that count: they stand in the index {@code runs_in_lane}, and nothing else. */
    public static final String COUNTS = " AND lane <> '' AND (slot_of IS NOT NULL OR claim_at IS NOT NULL"
            + " OR (under = 1 AND (outcome IS NULL OR lingers_number IS NOT NULL)))";

    public static LaneKey of(Run run) {
        Lane lane = run.place().lane();
        return new LaneKey(
                run.origin().namespace().name(),
                run.place().queue(),
                lane == null ? "" : lane.name(),
                lane != null && lane.isSerial());
    }

    public boolean isPlain() {
        return lane.isEmpty();
    }

    /** Gives the parameters of {@link #IS}. */
    public Sql in(Sql sql) throws SQLException {
        return sql.text(namespace).text(queue).text(lane).number(serial ? 1 : 0);
    }

    /** Reads {@link #COLUMNS}. */
    public static LaneKey read(Sql.Row row) throws SQLException {
        return new LaneKey(row.text(), row.text(), row.text(), row.number() != 0);
    }
}
