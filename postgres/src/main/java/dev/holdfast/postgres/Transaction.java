package dev.holdfast.postgres;

import dev.holdfast.sql.Session;
import dev.holdfast.sql.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One transaction on a session. What it is at is READ COMMITTED: each statement sees what was committed before it began,
 * so that whatever is looked up after a lock was granted is the newest.
 */
final class Transaction {
    private final Session session;
    private final Instant now;
    private final Aside aside;
    private final List<Runnable> lessons = new ArrayList<>();

    /** @param now the instant of all that it writes */
    Transaction(Session session, Instant now) {
        this(session, now, null);
    }

    private Transaction(Session session, Instant now, @Nullable Aside aside) {
        this.session = session;
        this.now = now;
        this.aside = aside == null ? work -> work.in(this) : aside;
    }

    /** One that others have begun, and may leave open for as long as they like. */
    static Transaction ofTheirs(Session session, Instant now, Aside aside) {
        return new Transaction(session, now, aside);
    }

    /** Where something is done that locks rows which others need, and that may stay whatever becomes of the transaction. */
    @FunctionalInterface
    interface Aside {
        void perform(Track.Body<Integer> work) throws SQLException;
    }

    /** Here, if it ends soon; otherwise in a transaction of its own. */
    void aside(Track.Body<Integer> work) throws SQLException {
        aside.perform(work);
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
