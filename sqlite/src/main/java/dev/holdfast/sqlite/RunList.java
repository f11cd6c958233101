package dev.holdfast.sqlite;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.sql.RunRow;
import dev.holdfast.sql.Session;
import dev.holdfast.sql.Sql;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of runs, newest first. What the filter names decides which index is walked, so that few are looked at in vain:
 * the tag's, the lane's, that of the runs that somebody holds or that wait, those of the queued ones, the task's, or
 * the queue's.
 */
record RunList(
        Namespace namespace, RunFilter filter, @Nullable RunId before, int limit) {
    private static final RunId ABOVE_ALL = new RunId(-1L, -1L);
    private static final String COLUMNS = RunRow.COLUMNS.replaceAll("(\\w+)", "r.$1");

    private static final String REST = " AND (?4 IS NULL OR r.state = ?4) AND (?5 IS NULL OR r.task = ?5)"
            + " AND (?6 IS NULL OR r.queue = ?6) AND (?7 IS NULL OR r.lane = ?7)";

    private static final String ALL = "SELECT " + COLUMNS + " FROM runs r INDEXED BY runs_of_namespace"
            + " WHERE r.namespace = ?1 AND r.id < ?2" + REST + " ORDER BY r.id DESC LIMIT ?3";
    private static final String OF_TASK = "SELECT " + COLUMNS + " FROM runs r INDEXED BY runs_of_task"
            + " WHERE r.namespace = ?1 AND r.id < ?2 AND r.task = ?5" + REST
            + " ORDER BY r.id DESC LIMIT ?3";
    private static final String BLOCKED = "SELECT " + COLUMNS + " FROM runs r INDEXED BY runs_blocked"
            + " WHERE r.state = 'BLOCKED' AND r.namespace = ?1 AND r.id < ?2" + REST
            + " ORDER BY r.id DESC LIMIT ?3";
    /** They stand in four indexes, none of them by id: it costs as much as there are queued runs. */
    private static final String QUEUED = "SELECT " + COLUMNS + " FROM ("
            + "SELECT id FROM runs INDEXED BY runs_claimable WHERE namespace = ?1 AND turn IS NOT NULL"
            + " UNION ALL SELECT id FROM runs INDEXED BY runs_parked"
            + " WHERE namespace = ?1 AND parked_version IS NOT NULL AND claim_at IS NOT NULL"
            + " UNION ALL SELECT id FROM runs INDEXED BY runs_suspect"
            + " WHERE namespace = ?1 AND claim_at IS NOT NULL AND parked_version IS NULL AND losses >= 3"
            + " UNION ALL SELECT id FROM runs INDEXED BY runs_delayed"
            + " WHERE namespace = ?1 AND due IS NOT NULL AND claim_at IS NULL) q CROSS JOIN runs r ON r.id = q.id"
            + " WHERE q.id < ?2" + REST + " ORDER BY q.id DESC LIMIT ?3";

    private static final String HELD = "SELECT " + COLUMNS + " FROM runs r INDEXED BY runs_held"
            + " WHERE r.holder_number IS NOT NULL AND r.namespace = ?1 AND r.id < ?2" + REST
            + " ORDER BY r.id DESC LIMIT ?3";
    private static final String TAGGED = "SELECT " + COLUMNS + " FROM run_tags t CROSS JOIN runs r ON r.id = t.run"
            + " WHERE t.namespace = ?1 AND t.run < ?2 AND t.tag = ?8" + REST + " ORDER BY t.run DESC LIMIT ?3";

    private static final String OF_QUEUE = "SELECT " + COLUMNS + " FROM runs r INDEXED BY runs_of_queue"
            + " WHERE r.namespace = ?1 AND r.id < ?2 AND r.queue = ?6 AND r.queue <> 'default'" + REST
            + " ORDER BY r.id DESC LIMIT ?3";
    private static final String OF_LANE = "SELECT " + COLUMNS + " FROM runs r INDEXED BY runs_of_lane"
            + " WHERE r.namespace = ?1 AND r.id < ?2 AND r.queue = ?6 AND r.lane = ?7 AND r.lane <> ''" + REST
            + " ORDER BY r.id DESC LIMIT ?3";

    List<Run> read(Session session) throws SQLException {
        String statement = statement();
        Sql sql = session.sql(statement)
                .text(namespace.name())
                .id(before == null ? ABOVE_ALL : before)
                .number(limit)
                .text(filter.state())
                .text(filter.task())
                .text(filter.queue())
                .text(filter.lane());
        if (filter.tag() != null) sql.text(filter.tag());
        return sql.list(RunRow::read);
    }

    private String statement() {
        if (filter.tag() != null) return TAGGED;
        if (filter.lane() != null && filter.queue() != null) return OF_LANE;
        RunState state = filter.state();
        if (state != null) {
            switch (state) {
                case STARTING, RUNNING, STOPPING -> {
                    return HELD;
                }
                case QUEUED -> {
                    return QUEUED;
                }
                case BLOCKED -> {
                    return BLOCKED;
                }
                case FINISHED -> {}
            }
        }
        if (filter.task() != null) return OF_TASK;
        // Most runs are in the default queue: there is no index of them.
        boolean named = filter.queue() != null && !filter.queue().equals(Defaults.QUEUE);
        return named ? OF_QUEUE : ALL;
    }
}
