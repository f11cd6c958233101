package dev.holdfast.sql;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.engine.port.RunFilter;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

    /** An index, and the runs in it that come before one of them. What the filter names is demanded beside that. */
    private enum Walk {
        ALL("runs_of_namespace"),
        OF_TASK("runs_of_task"),
        BLOCKED("runs r INDEXED BY runs_blocked WHERE r.state = 'BLOCKED' AND r.namespace = ? AND r.id < ?"),
        HELD("runs r INDEXED BY runs_held WHERE r.holder_number IS NOT NULL AND r.namespace = ? AND r.id < ?"),
        OF_QUEUE("runs r INDEXED BY runs_of_queue WHERE r.queue <> 'default' AND r.namespace = ? AND r.id < ?"),
        OF_LANE("runs r INDEXED BY runs_of_lane WHERE r.lane <> '' AND r.namespace = ? AND r.id < ?"),
        TAGGED("run_tags t CROSS JOIN runs r WHERE r.id = t.run AND t.namespace = ? AND t.run < ? AND t.tag = ?"),
        /** They stand in four indexes, none of them by id: it costs as much as there are queued runs. */
        QUEUED("(SELECT id FROM runs INDEXED BY runs_claimable WHERE namespace = ? AND turn IS NOT NULL"
                + " UNION ALL SELECT id FROM runs INDEXED BY runs_parked"
                + " WHERE namespace = ? AND parked_version IS NOT NULL AND claim_at IS NOT NULL"
                + " UNION ALL SELECT id FROM runs INDEXED BY runs_suspect"
                + " WHERE namespace = ? AND " + Suspected.UNPARKED
                + " UNION ALL SELECT id FROM runs INDEXED BY runs_delayed"
                + " WHERE namespace = ? AND due IS NOT NULL AND claim_at IS NULL) q"
                + " CROSS JOIN runs r WHERE r.id = q.id AND q.id < ?");

        private final String what;

        /** @param what of those that every database keeps in its own way the index, of all others FROM and WHERE */
        Walk(String what) {
            this.what = what;
        }

        private Dialect.Walk in(Dialect dialect) {
            return switch (this) {
                case ALL, OF_TASK -> dialect.newestFirst(what);
                case BLOCKED, HELD, OF_QUEUE, OF_LANE, TAGGED, QUEUED -> new Dialect.Walk(what, 1);
            };
        }

        private String order() {
            return switch (this) {
                case TAGGED -> "t.run";
                case QUEUED -> "q.id";
                case ALL, OF_TASK, BLOCKED, HELD, OF_QUEUE, OF_LANE -> "r.id";
            };
        }

        /** How often the namespace is asked for. */
        private int indexes() {
            return this == QUEUED ? 4 : 1;
        }
    }

    List<Run> read(Session session) throws SQLException {
        var walk = walk();
        var way = walk.in(session.dialect());
        var named = named();
        var text = new StringBuilder("SELECT ").append(COLUMNS).append(" FROM ").append(way.from());
        for (String column : named.keySet())
            text.append(" AND r.").append(column).append(" = ?");
        text.append(" ORDER BY ").append(walk.order()).append(" DESC LIMIT ?");
        Sql sql = session.sql(text.toString());
        for (int i = 0; i < walk.indexes(); i++) sql.text(namespace.name());
        for (int i = 0; i < way.bounds(); i++) sql.id(before == null ? ABOVE_ALL : before);
        if (walk == Walk.TAGGED) sql.text(filter.tag());
        for (String value : named.values()) sql.text(value);
        return sql.number(limit).list(RunRow::read);
    }

    /** Only these are in the statement: there are at most sixteen of each walk. */
    private Map<String, String> named() {
        var named = new TreeMap<String, String>();
        if (filter.state() != null) named.put("state", filter.state().name());
        if (filter.task() != null) named.put("task", filter.task());
        if (filter.queue() != null) named.put("queue", filter.queue());
        if (filter.lane() != null) named.put("lane", filter.lane());
        return named;
    }

    private Walk walk() {
        if (filter.tag() != null) return Walk.TAGGED;
        if (filter.lane() != null && filter.queue() != null) return Walk.OF_LANE;
        RunState state = filter.state();
        if (state != null) {
            switch (state) {
                case STARTING, RUNNING, STOPPING -> {
                    return Walk.HELD;
                }
                case QUEUED -> {
                    return Walk.QUEUED;
                }
                case BLOCKED -> {
                    return Walk.BLOCKED;
                }
                case FINISHED -> {}
            }
        }
        if (filter.task() != null) return Walk.OF_TASK;
        // Most runs are in the default queue: there is no index of them.
        boolean other = filter.queue() != null && !filter.queue().equals(Defaults.QUEUE);
        return other ? Walk.OF_QUEUE : Walk.ALL;
    }
}
