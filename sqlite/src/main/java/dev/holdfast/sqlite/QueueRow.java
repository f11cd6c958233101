package dev.holdfast.sqlite;

import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.engine.port.Rate;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What was said of a queue, as a row of {@code queues}. */
record QueueRow(boolean isPaused, QueueSettings settings) {
    static final QueueRow PLAIN = new QueueRow(false, QueueSettings.NONE);

    private static final String READ = "SELECT paused, concurrency, lane_concurrency, rate_count, rate_per FROM queues"
            + " WHERE namespace = ? AND name = ?";
    private static final String WRITE =
            "INSERT INTO queues (namespace, name, paused, concurrency, lane_concurrency, rate_count, rate_per)"
                    + " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (namespace, name) DO UPDATE"
                    + " SET paused = ?3, concurrency = ?4, lane_concurrency = ?5, rate_count = ?6, rate_per = ?7";
    /** What says nothing is no setting. */
    private static final String REMOVE = "DELETE FROM queues WHERE namespace = ? AND name = ?";

    /** What is written in the lanes of a queue that has a limit over all of them: a claim comes to them by their queue. */
    static String gate(String namespace, String queue) {
        return namespace + (char) 31 + queue;
    }

    boolean hasGate() {
        return settings.concurrency() != null || settings.rate() != null;
    }

    static QueueRow of(Session session, String namespace, String queue) throws SQLException {
        return session.sql(READ)
                .text(namespace)
                .text(queue)
                .first(r -> new QueueRow(r.number() != 0, settings(r)))
                .orElse(PLAIN);
    }

    void write(Transaction tx, String namespace, String queue) throws SQLException {
        if (equals(PLAIN)) {
            tx.write(REMOVE).text(namespace).text(queue).update();
            return;
        }
        Rate rate = settings.rate();
        tx.write(WRITE)
                .text(namespace)
                .text(queue)
                .number(isPaused ? 1 : 0)
                .number(number(settings.concurrency()))
                .number(number(settings.laneConcurrency()))
                .number(rate == null ? null : (Long) (long) rate.count())
                .number(rate == null ? null : (Long) rate.per().toMillis())
                .update();
    }

    private static @Nullable Long number(@Nullable Integer limit) {
        return limit == null ? null : (Long) limit.longValue();
    }

    /** Reads concurrency, lane_concurrency, rate_count, rate_per. */
    static QueueSettings settings(Sql.Row row) throws SQLException {
        return new QueueSettings(limit(row), limit(row), rate(row));
    }

    private static @Nullable Integer limit(Sql.Row row) throws SQLException {
        Long limit = row.numberOrNull();
        return limit == null ? null : (Integer) limit.intValue();
    }

    /** Reads rate_count, rate_per. */
    private static @Nullable Rate rate(Sql.Row row) throws SQLException {
        Integer count = limit(row);
        long per = row.number();
        return count == null ? null : new Rate(count, Duration.ofMillis(per));
    }
}
