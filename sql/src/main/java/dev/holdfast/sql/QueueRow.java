package dev.holdfast.sql;

import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.engine.port.Rate;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What was said of a queue, as a row of {@code queues}. */
public record QueueRow(boolean isPaused, QueueSettings settings) {
    private static final QueueRow PLAIN = new QueueRow(false, QueueSettings.NONE);

    private static final String READ = "SELECT paused, concurrency, lane_concurrency, rate_count, rate_per FROM queues"
            + " WHERE namespace = ? AND name = ?";

    /** What {@link #in} gives the values of. */
    public static final String COLUMNS = "namespace, name, paused, concurrency, lane_concurrency, rate_count, rate_per";

    /** What is written in the lanes of a queue that has a limit over all of them: a claim comes to them by their queue. */
    public static String gate(String namespace, String queue) {
        return namespace + (char) 31 + queue;
    }

    public boolean hasGate() {
        return settings.concurrency() != null || settings.rate() != null;
    }

    public static QueueRow of(Session session, String namespace, String queue) throws SQLException {
        return session.sql(READ)
                .text(namespace)
                .text(queue)
                .first(r -> new QueueRow(r.number() != 0, settings(r)))
                .orElse(PLAIN);
    }

    /** Whether it says nothing: there is no row of such a queue. */
    public boolean isPlain() {
        return equals(PLAIN);
    }

    /** Gives the parameters for {@link #COLUMNS}. */
    public Sql in(Sql sql, String namespace, String queue) throws SQLException {
        Rate rate = settings.rate();
        return sql.text(namespace)
                .text(queue)
                .number(isPaused ? 1 : 0)
                .number(number(settings.concurrency()))
                .number(number(settings.laneConcurrency()))
                .number(rate == null ? null : (Long) (long) rate.count())
                .number(rate == null ? null : (Long) rate.per().toMillis());
    }

    private static @Nullable Long number(@Nullable Integer limit) {
        return limit == null ? null : (Long) limit.longValue();
    }

    /** Reads concurrency, lane_concurrency, rate_count, rate_per. */
    public static QueueSettings settings(Sql.Row row) throws SQLException {
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
