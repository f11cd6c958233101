package dev.holdfast.postgres;

import dev.holdfast.sql.Session;
import dev.holdfast.sql.Sql;
import java.sql.SQLException;
import java.time.Instant;

/**
 * One transaction on a session. What it is at is READ COMMITTED: each statement sees what was committed before it began,
 * so that whatever is looked up after a lock was granted is the newest.
 *
 * @param now the instant of all that it writes
 */
record Transaction(Session session, Instant now) {
    Sql sql(String text) throws SQLException {
        return session.sql(text);
    }
}
