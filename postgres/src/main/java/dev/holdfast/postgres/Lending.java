package dev.holdfast.postgres;

import dev.holdfast.core.Unavailable;
import dev.holdfast.postgres.session.Connections;
import dev.holdfast.postgres.session.Use;
import dev.holdfast.sql.Session;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions that are lent to user code, for a transaction each: made as they are needed, and kept. Each is as new when it is lent
 * again, whatever was done with it.
 */
final class Lending implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lending.class);
    /** At once. */
    static final int MOST = 8;
    /** Is gone when the transaction has ended, whoever has ended it, and however. */
    private static final String MARK = "SET LOCAL holdfast.transaction = 'goes on'";

    private static final String MARKED = "SELECT 1 WHERE current_setting('holdfast.transaction', true) = 'goes on'";

    private final Connections connections;
    private final Semaphore free = new Semaphore(MOST);
    private final ConcurrentLinkedDeque<Loan> idle = new ConcurrentLinkedDeque<>();
    private final Set<Loan> lent = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;
    private volatile boolean cut;

    Lending(Connections connections) {
        this.connections = connections;
    }

    /** A session, and who executes what it says. */
    record Loan(Session session, Track.Backend backend) {
        /** Whether the transaction that was lent still goes on. */
        boolean goesOn() throws SQLException {
            return session.sql(MARKED).any();
        }

        private void begin() throws SQLException {
            session.execute(MARK);
        }
    }

    /** Takes a place, for which there may be a queue; then {@link #begin} gives a session, and {@link #end} frees both. */
    void await() throws InterruptedException {
        free.acquire();
    }

    /** A session in a transaction that has begun. If there is none, there is no place taken any more. */
    Loan begin() {
        try {
            if (closed) throw Unavailable.notApplied("closing", "the ledger is closed", null);
            if (cut) throw Track.isCut();
            Loan loan = begun();
            lent.add(loan);
            if (!cut) return loan;
            lent.remove(loan);
            discard(loan);
            throw Track.isCut();
        } catch (SQLException e) {
            free.release();
            throw Trouble.unavailable(e);
        } catch (RuntimeException | Error e) {
            free.release();
            throw e;
        }
    }

    /** One that was kept may have ended since it was used last. */
    private Loan begun() throws SQLException {
        Loan kept = idle.pollFirst();
        if (kept != null) {
            try {
                kept.begin();
                return kept;
            } catch (SQLException e) {
                discard(kept);
                discardAll();
            }
        }
        Loan made = made();
        made.begin();
        return made;
    }

    private Loan made() throws SQLException {
        Connection connection = connections.open(Use.LENT);
        try {
            var session = new Session(connection, new PgDialect());
            var backend = Track.Backend.of(session);
            connection.setAutoCommit(false);
            return new Loan(session, backend);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Its transaction has ended. */
    void end(Loan loan) {
        lent.remove(loan);
        try {
            if (closed || cut) {
                discard(loan);
                return;
            }
            Connection connection = loan.session().connection();
            connection.setAutoCommit(true);
            connections.renew(connection, Use.LENT);
            connection.setAutoCommit(false);
            idle.addFirst(loan);
        } catch (SQLException e) {
            discard(loan);
        } finally {
            free.release();
            if (closed) discardAll();
        }
    }

    private void discardAll() {
        for (Loan loan = idle.pollFirst(); loan != null; loan = idle.pollFirst()) discard(loan);
    }

    private static void discard(Loan loan) {
        try {
            loan.session().close();
        } catch (SQLException e) {
            LOG.debug("a lent session could not be closed", e);
        }
    }

    /** See {@link Track#cut}: whoever waits for an answer gets none. */
    void cut() {
        cut = true;
        abortAll();
    }

    void restore() {
        cut = false;
    }

    private void abortAll() {
        lent.forEach(loan -> loan.session().abort());
    }

    /** Whatever is open is rolled back. */
    @Override
    public void close() {
        closed = true;
        abortAll();
        discardAll();
    }
}
