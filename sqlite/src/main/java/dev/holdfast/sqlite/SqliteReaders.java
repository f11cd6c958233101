package dev.holdfast.sqlite;

import dev.holdfast.core.Unavailable;
import dev.holdfast.sql.Readers;
import dev.holdfast.sql.Session;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A few connections for reading. They see what is committed, beside the writer, and each read sees one moment. */
final class SqliteReaders implements Readers, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteReaders.class);
    private static final int MOST = 4;

    private final Database database;
    private final Semaphore free = new Semaphore(MOST);
    private final ConcurrentLinkedDeque<Session> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    SqliteReaders(Database database) {
        this.database = database;
    }

    @Override
    public <T> T read(Query<T> query) {
        return ask(session -> {
            session.sql("BEGIN").update();
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
            Session session = idle.pollFirst();
            try {
                if (session == null) session = database.forReading();
                T result = query.ask(session);
                idle.addFirst(session);
                return result;
            } catch (SQLException e) {
                if (session != null) discard(session);
                throw Trouble.unavailable(e, database.file());
            } catch (RuntimeException | Error e) {
                if (session != null) discard(session);
                throw e;
            }
        } finally {
            free.release();
        }
    }

    private static void discard(Session session) {
        try {
            session.close();
        } catch (SQLException e) {
            LOG.warn("a reading connection could not be closed: {}", e.toString());
        }
    }

    @Override
    public void close() {
        closed = true;
        free.acquireUninterruptibly(MOST);
        for (Session session = idle.pollFirst(); session != null; session = idle.pollFirst()) discard(session);
        free.release(MOST);
    }
}
