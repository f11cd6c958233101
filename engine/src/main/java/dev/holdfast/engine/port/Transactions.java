package dev.holdfast.engine.port;

import dev.holdfast.core.Refused;
import dev.holdfast.core.Unavailable;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Changes that are written in one transaction with what user code writes, where the ledger is in a database that user code can
 * use too.
 *
 * <p>User code executes while nothing of the ledger is locked: what is the ledger's is locked, checked and written last.
 */
public interface Transactions {
    /**
     * Begins a transaction on a session of the ledger's own, if there is a free one, or waits for it.
     *
     * @throws InterruptedException if it is interrupted while it waits
     * @throws Unavailable if the database cannot be used
     */
    Open begin() throws InterruptedException;

    /**
     * Writes a change in the transaction that somebody has begun: it is there exactly if that commits, and nobody is told
     * before. The start of a run that is not claimable yet, and nothing else. Whatever is not {@link Receipt.Applied} has
     * written nothing (except the answer to the request id, which says who holds the key), and the transaction can go on.
     *
     * @throws Refused {@code connection_autocommit}, {@code connection_foreign}, {@code transaction_failed}, {@code
     *     transaction_read_only} if it cannot be written there
     * @throws Unavailable if the database cannot be used; {@code transaction_outdated} if the transaction began before
     *     something that it would have to see; {@code key_busy} if another transaction which has not ended uses the key or the
     *     request id
     */
    Receipt write(Connection theirs, Change change);

    /** A transaction that ends with a change, or leaves nothing. */
    interface Open extends AutoCloseable {
        /** For user code; it cannot end the transaction, and is of no use when that has ended. */
        Connection connection();

        /**
         * User code has been left: what the database would do for it at the commit (deferred constraints and triggers) is done
         * now, while nothing of the ledger is locked. As interruptible as user code is.
         *
         * @throws SQLException if that is refused, or the session is lost
         */
        void conclude() throws SQLException;

        /**
         * Writes the change and commits, all or nothing. Waiting is not interruptible. {@link Receipt.Rejected} with an
         * {@link SQLException} as its cause if the database refuses what user code has done.
         *
         * @throws Unavailable if the database cannot be used; indeterminate if nobody knows whether it was committed
         */
        Receipt commit(Change change);

        /** Undoes all of it; answers whether the session was there to be told. */
        boolean rollback();

        /** Undoes all of it, unless it has ended. */
        @Override
        void close();
    }
}
