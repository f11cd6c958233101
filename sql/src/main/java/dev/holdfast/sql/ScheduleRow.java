package dev.holdfast.sql;

import dev.holdfast.core.Missed;
import dev.holdfast.core.Namespace;
import dev.holdfast.engine.port.StoredSchedule;
import dev.holdfast.engine.port.StoredSchedule.Definition;
import dev.holdfast.engine.port.StoredSchedule.Standing;
import dev.holdfast.engine.port.Upcoming;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Schedules as they are read. */
public final class ScheduleRow {
    private static final String COLUMNS =
            "namespace, name, cron, zone, missed, task, input, lane, ttl," + " revision, next, last_at, last_run";
    private static final String ONE = "SELECT " + COLUMNS + " FROM schedules WHERE namespace = ? AND name = ?";
    private static final String PAGE =
            "SELECT " + COLUMNS + " FROM schedules WHERE namespace = ? AND name > ? ORDER BY name LIMIT ?";
    /** Reads the index only: the inputs are not touched. */
    private static final String UPCOMING = "SELECT next, namespace, name FROM schedules INDEXED BY schedules_next"
            + " WHERE next IS NOT NULL AND (next, namespace, name) > (?, ?, ?) AND task IN (";

    private ScheduleRow() {}

    public static Optional<StoredSchedule> one(Session session, Namespace namespace, String name) throws SQLException {
        return session.sql(ONE).text(namespace.name()).text(name).first(ScheduleRow::read);
    }

    public static List<StoredSchedule> page(Session session, Namespace namespace, @Nullable String after, int limit)
            throws SQLException {
        return session.sql(PAGE)
                .text(namespace.name())
                .text(after == null ? "" : after)
                .number(limit)
                .list(ScheduleRow::read);
    }

    public static List<Upcoming> upcoming(
            Session session, Collection<String> tasks, @Nullable Upcoming after, int limit) throws SQLException {
        if (tasks.isEmpty()) return List.of();
        // One statement for each number of tasks, which is always the same for a node.
        Sql sql = session.sql(UPCOMING + Sql.places(tasks.size()) + ") ORDER BY next, namespace, name LIMIT ?")
                .number(after == null ? Long.MIN_VALUE : after.at().toEpochMilli())
                .text(after == null ? "" : after.namespace().name())
                .text(after == null ? "" : after.name());
        for (String task : tasks) sql.text(task);
        return sql.number(limit).list(r -> new Upcoming(r.instant(), new Namespace(r.text()), r.text()));
    }

    private static StoredSchedule read(Sql.Row row) throws SQLException {
        var namespace = new Namespace(row.text());
        String name = row.text();
        var definition = new Definition(
                row.text(),
                row.text(),
                row.constant(Missed.class),
                row.text(),
                row.text(),
                row.textOrNull(),
                duration(row.numberOrNull()));
        var revision = row.id().uuid();
        Instant next = row.instantOrNull();
        var standing = new Standing(revision, next == null, next, row.instantOrNull(), row.idOrNull());
        return new StoredSchedule(namespace, name, definition, standing);
    }

    private static @Nullable Duration duration(@Nullable Long millis) {
        return millis == null ? null : Duration.ofMillis(millis);
    }
}
