package dev.holdfast.postgres;

import static org.awaitility.Awaitility.await;

import dev.holdfast.postgres.session.Connections;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** The database of a test, as nobody uses it: what is there, and who is at what. */
record Backdoor(Connections connections) {
    private static final Duration SOON = Duration.ofSeconds(20);

    void execute(String sql) {
        try (Connection connection = connections.open();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a query with one row and one column says. */
    int number(String query) throws SQLException {
        try (Connection connection = connections.open();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /** Until a session waits for a lock in a statement like this. */
    void awaitBlocked(String statement) {
        await("blocked: " + statement).atMost(SOON).until(() -> isBlocked(statement));
    }

    boolean isBlocked(String statement) throws SQLException {
        return sessions(statement, "wait_event_type = 'Lock'") > 0;
    }

    /** Until a session is at a statement like this. */
    void awaitActive(String statement) {
        await("active: " + statement).atMost(SOON).until(() -> sessions(statement, "state = 'active'") > 0);
    }

    private int sessions(String statement, String condition) throws SQLException {
        return number("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '" + statement
                + "' AND datname = current_database() AND " + condition);
    }
}
