package dev.holdfast.postgres;

import dev.holdfast.sql.Session;
import dev.holdfast.sql.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * One transaction on a session. What it is at is READ COMMITTED: each statement sees what was committed before it began,
 * so that whatever is looked up after a lock was granted is the newest.
 */
final class Transaction {
    private final Session session;
    private final Instant now;
    private final List<Runnable> lessons = new ArrayList<>();

    /** @param now the instant of all that it writes */
    Transaction(Session session, Instant now) {
        this.session = session;
        this.now = now;
    }

    Session session() {
        return session;
    }

    Instant now() {
        return now;
    }

    Sql sql(String text) throws SQLException {
        return session.sql(text);
    }

    /** What is found out in it is true once it is committed: nobody believes it before. */
    void learn(Runnable lesson) {
        lessons.add(lesson);
    }

    /** It is committed. */
    void committed() {
        lessons.forEach(Runnable::run);
    }
}
