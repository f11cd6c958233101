package dev.holdfast.sql;

import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.engine.port.LaneView;
import dev.holdfast.engine.port.QueueView;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Queues and lanes as they are listed. Queues are counted anew, in indexes: it costs as much as there are queued runs. */
final class QueueList {
    /**
     * What can be claimed stands in one of three indexes, see {@code claim_at} and {@code turn}. Runs that were given up
     * stand in none of them: a hundred thousand sleepers cost a list nothing.
     */
    private static final String QUEUES = "WITH live (queue, waiting, delayed, held, lanes) AS ("
            + "SELECT queue, count(*), 0, 0, 0 FROM runs INDEXED BY runs_claimable"
            + " WHERE namespace = ? AND turn IS NOT NULL GROUP BY queue"
            + " UNION ALL SELECT queue, count(*), 0, 0, 0 FROM runs INDEXED BY runs_parked"
            + " WHERE namespace = ? AND parked_version IS NOT NULL AND claim_at IS NOT NULL GROUP BY queue"
            + " UNION ALL SELECT queue, count(*), 0, 0, 0 FROM runs INDEXED BY runs_suspect"
            + " WHERE namespace = ? AND " + Suspected.UNPARKED + " GROUP BY queue"
            + " UNION ALL SELECT queue, 0, count(*), 0, 0 FROM runs INDEXED BY runs_delayed"
            + " WHERE namespace = ? AND due IS NOT NULL AND claim_at IS NULL GROUP BY queue"
            + " UNION ALL SELECT queue, 0, 0, count(*), 0 FROM runs INDEXED BY runs_held"
            + " WHERE namespace = ? AND holder_number IS NOT NULL GROUP BY queue"
            + " UNION ALL SELECT queue, 0, 0, count(*), 0 FROM runs INDEXED BY runs_lingering"
            + " WHERE namespace = ? AND lingers_number IS NOT NULL GROUP BY queue"
            + " UNION ALL SELECT queue, 0, 0, 0, count(*) FROM lanes"
            + " WHERE namespace = ? AND lane <> '' GROUP BY queue"
            + " UNION ALL SELECT name, 0, 0, 0, 0 FROM queues WHERE namespace = ?)"
            + " SELECT l.queue, coalesce(q.paused, 0), q.concurrency, q.lane_concurrency, q.rate_count, q.rate_per,"
            + " l.waiting, l.delayed, l.held, l.lanes FROM (SELECT queue, sum(waiting) AS waiting,"
            + " sum(delayed) AS delayed, sum(held) AS held, sum(lanes) AS lanes FROM live GROUP BY queue) l"
            + " LEFT JOIN queues q ON q.namespace = ? AND q.name = l.queue ORDER BY l.queue";

    /** So often it says which one it is about. */
    private static final int NAMESPACES = 9;

    /** Also those that were paused and have no runs: whoever has paused one must find it again. */
    private static final String LANES = "SELECT lane, serial, paused, taken, runs FROM ("
            + "SELECT l.lane, l.serial, CASE WHEN EXISTS (SELECT 1 FROM paused_lanes p WHERE p.namespace = l.namespace"
            + " AND p.queue = l.queue AND p.lane = l.lane) THEN 1 ELSE 0 END AS paused, l.taken, l.waiting + l.outside AS runs"
            + " FROM lanes l WHERE l.namespace = ? AND l.queue = ? AND l.lane <> ''"
            + " UNION ALL SELECT p.lane, 0, 1, 0, 0 FROM paused_lanes p WHERE p.namespace = ? AND p.queue = ?"
            + " AND NOT EXISTS (SELECT 1 FROM lanes l WHERE l.namespace = p.namespace AND l.queue = p.queue"
            + " AND l.lane = p.lane)) all_lanes WHERE (lane, serial) > (?, ?) ORDER BY lane, serial LIMIT ?";

    private QueueList() {}

    static List<QueueView> queues(Session session, Namespace namespace) throws SQLException {
        Sql sql = session.sql(QUEUES);
        for (int i = 0; i < NAMESPACES; i++) sql.text(namespace.name());
        return sql.list(r -> new QueueView(
                r.text(), r.number() != 0, QueueRow.settings(r), r.number(), r.number(), r.number(), r.number()));
    }

    static List<LaneView> lanes(Session session, Namespace namespace, String queue, @Nullable Lane after, int limit)
            throws SQLException {
        return session.sql(LANES)
                .text(namespace.name())
                .text(queue)
                .text(namespace.name())
                .text(queue)
                .text(after == null ? "" : after.name())
                .number(after != null && after.isSerial() ? 1 : 0)
                .number(limit)
                .list(r -> new LaneView(
                        new Lane(r.text(), r.number() == 0 ? Lane.Kind.CONCURRENT : Lane.Kind.SERIAL),
                        r.number() != 0,
                        r.number(),
                        r.number()));
    }
}
