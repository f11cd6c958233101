package dev.holdfast.postgres;

import dev.holdfast.engine.port.Clock;
import dev.holdfast.postgres.session.Connections;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database's clock, read from here: nodes whose own clocks differ agree on what is due. It is asked now and then, and in
 * between the process's monotonic time is added. It is asked some times in a row, and of the quickest answer half its way counts:
 * one that was held up on a busy machine would put this node's clock beside the others' by milliseconds, in which turns begin.
 */
final class DatabaseClock implements Clock {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseClock.class);
    private static final Duration GOOD_FOR = Duration.ofSeconds(30);
    private static final int ASKED = 5;
    private static final String NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

    private final Connections connections;
    private final Clock clock;
    private volatile Reading reading;
    private volatile boolean asking;

    /**
     * @param micros since 1970, by the database
     * @param nanos of our own clock, at the same moment, within half of what the answer took
     */
    private record Reading(long micros, long nanos, long took) {}

    DatabaseClock(Connections connections, Clock clock) throws SQLException {
        this.connections = connections;
        this.clock = clock;
        this.reading = ask();
    }

    private Reading ask() throws SQLException {
        try (Connection connection = connections.open();
                var statement = connection.createStatement()) {
            Reading best = ask(statement);
            for (int i = 1; i < ASKED; i++) {
                Reading next = ask(statement);
                if (next.took() < best.took()) best = next;
            }
            return best;
        }
    }

    private Reading ask(Statement statement) throws SQLException {
        long before = clock.nanos();
        try (ResultSet row = statement.executeQuery(NOW)) {
            row.next();
            long took = clock.nanos() - before;
            return new Reading(row.getLong(1), before + took / 2, took);
        }
    }

    @Override
    public Instant now() {
        Reading known = reading;
        long passed = clock.nanos() - known.nanos();
        if (passed > GOOD_FOR.toNanos()) refresh();
        return Instant.ofEpochMilli((known.micros() + passed / 1000) / 1000);
    }

    /** By one of those who ask; the others go on with what is known. */
    private void refresh() {
        synchronized (this) {
            if (asking) return;
            asking = true;
        }
        try {
            reading = ask();
        } catch (SQLException e) {
            LOG.debug("the database's clock could not be read", e);
        } finally {
            asking = false;
        }
    }

    @Override
    public long nanos() {
        return clock.nanos();
    }
}
