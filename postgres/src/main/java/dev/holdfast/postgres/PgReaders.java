package dev.holdfast.postgres;

import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Threads;
import dev.holdfast.sql.Readers;
import dev.holdfast.sql.Session;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reading sessions, made as they are needed and kept. What several statements read is one moment. */
final class PgReaders implements Readers, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PgReaders.class);
    /** At once. */
    static final int MOST = 8;

    private final Sessions sessions;
    private final Apart logins;
    private final Semaphore free = new Semaphore(MOST);
    private final ConcurrentLinkedDeque<Session> idle = new ConcurrentLinkedDeque<>();
    private final Set<Session> used = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;
    private volatile boolean cut;

    /** @param sessions whose statements are transactions by themselves */
    PgReaders(Sessions sessions, Threads threads) {
        this.sessions = sessions;
        this.logins = Apart.logins(threads);
    }

    @Override
    public <T> T read(Query<T> query) {
        return ask(session -> {
            session.sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").update();
            T result = query.ask(session);
            session.sql("COMMIT").update();
            return result;
        });
    }

    @Override
    public <T> T ask(Query<T> query) {
        free.acquireUninterruptibly();
        try {
            if (closed) throw Unavailable.notApplied("closing", "the ledger is closed", null);
            if (cut) throw Track.isCut();
            return asked(query);
        } finally {
            free.release();
        }
    }

    /**
     * A kept session may have ended since it was used last: that is not the caller's trouble. One that does not answer is: the
     * next would not, either.
     */
    private <T> T asked(Query<T> query) {
        Session kept = idle.pollFirst();
        if (kept != null) {
            try {
                return with(kept, query);
            } catch (SQLException e) {
                if (Trouble.of(e) != Trouble.LOST) throw Trouble.unavailable(e);
                discardAll();
                if (e.getCause() instanceof SocketTimeoutException) throw Trouble.unavailable(e);
            }
        }
        // A login takes as long as the network does: whoever waits for it is released if the node is cut off.
        Session fresh = logins.perform(this::made, PgReaders::discard);
        try {
            return with(fresh, query);
        } catch (SQLException e) {
            throw Trouble.unavailable(e);
        }
    }

    private Session made() {
        if (cut) throw Track.isCut();
        try {
            return sessions.open();
        } catch (SQLException e) {
            throw Trouble.unavailable(e);
        }
    }

    private <T> T with(Session session, Query<T> query) throws SQLException {
        boolean well = false;
        used.add(session);
        try {
            // Nobody had it in his hands yet when everything was cut.
            if (cut) throw Track.isCut();
            T result = query.ask(session);
            well = true;
            return result;
        } finally {
            used.remove(session);
            if (well) idle.addFirst(session);
            else discard(session);
        }
    }

    private void discardAll() {
        for (Session session = idle.pollFirst(); session != null; session = idle.pollFirst()) discard(session);
    }

    private static void discard(Session session) {
        try {
            session.close();
        } catch (SQLException e) {
            LOG.debug("a reading session could not be closed", e);
        }
    }

    /** See {@link Track#cut}. */
    void cut() {
        cut = true;
        logins.cut();
        used.forEach(Session::abort);
    }

    void restore() {
        cut = false;
    }

    @Override
    public void close() {
        closed = true;
        free.acquireUninterruptibly(MOST);
        discardAll();
        free.release(MOST);
    }
}
