package dev.holdfast.sql;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.ErrorJson;
import dev.holdfast.engine.port.Reads;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The runs of a lane, oldest first: an index has them in that order. */
record LaneRuns(Namespace namespace, String queue, String lane) {
    private static final String OF_LANE = "SELECT " + RunRow.COLUMNS + " FROM runs INDEXED BY runs_of_lane"
            + " WHERE lane <> '' AND namespace = ? AND queue = ? AND lane = ?";
    private static final String PAGE = OF_LANE + " AND id > ? ORDER BY id LIMIT ?";
    /** Costs as much as the lane is long: only for what somebody does by hand. */
    private static final String LIVE = OF_LANE + " AND outcome IS NULL ORDER BY id";

    /** At most as much as wait. */
    private static final String TURN = "SELECT " + RunRow.COLUMNS + " FROM runs INDEXED BY runs_in_lane WHERE "
            + LaneKey.IS + LaneKey.COUNTS + " AND slot_of IS NOT NULL AND outcome IS NULL LIMIT 1";

    private static final String PAYLOADS = "SELECT run, input, output, error FROM run_payloads WHERE run IN (%s)";

    List<Run> page(Session session, @Nullable RunId after, int limit) throws SQLException {
        return of(session.sql(PAGE))
                .id(after == null ? RunId.MIN : after)
                .number(limit)
                .list(RunRow::read);
    }

    List<Run> live(Session session) throws SQLException {
        return of(session.sql(LIVE)).list(RunRow::read);
    }

    Optional<Run> turn(Session session) throws SQLException {
        return new LaneKey(namespace.name(), queue, lane, true)
                .in(session.sql(TURN))
                .first(RunRow::read);
    }

    private Sql of(Sql sql) throws SQLException {
        return sql.text(namespace.name()).text(queue).text(lane);
    }

    static Map<RunId, Reads.Payloads> payloads(Session session, Collection<RunId> ids) throws SQLException {
        var all = new HashMap<RunId, Reads.Payloads>();
        new Ids(ids).each(session, PAYLOADS, LaneRuns::payloads).forEach((run, rows) -> all.put(run, rows.getFirst()));
        return all;
    }

    private static Reads.Payloads payloads(Sql.Row row) throws SQLException {
        String input = row.textOrNull();
        String output = row.textOrNull();
        String error = row.textOrNull();
        return new Reads.Payloads(input == null ? "null" : input, output, error == null ? null : ErrorJson.read(error));
    }
}
