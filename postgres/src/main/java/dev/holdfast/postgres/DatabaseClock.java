package dev.holdfast.postgres;

import dev.holdfast.engine.port.Clock;
import dev.holdfast.postgres.session.Connections;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database's clock, read from here: nodes whose own clocks differ agree on what is due. It is asked now and then, and in
 * between the process's monotonic time is added; of an answer half its way counts.
 */
final class DatabaseClock implements Clock {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseClock.class);
    private static final Duration GOOD_FOR = Duration.ofSeconds(30);
    private static final String NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

    private final Connections connections;
    private final Clock clock;
    private volatile Reading reading;
    private volatile boolean asking;

    /**
     * @param micros since 1970, by the database
     * @param nanos of our own clock, at the same moment
     */
    private record Reading(long micros, long nanos) {}

    DatabaseClock(Connections connections, Clock clock) throws SQLException {
        this.connections = connections;
        this.clock = clock;
        this.reading = ask();
    }

    private Reading ask() throws SQLException {
        try (Connection connection = connections.open();
                var statement = connection.createStatement()) {
            long before = clock.nanos();
            try (ResultSet row = statement.executeQuery(NOW)) {
                row.next();
                long after = clock.nanos();
                return new Reading(row.getLong(1), before + (after - before) / 2);
            }
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
