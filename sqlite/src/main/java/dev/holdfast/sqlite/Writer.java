package dev.holdfast.sqlite;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.LedgerFigures;
import dev.holdfast.engine.port.Threads;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only one who writes. Whatever was handed in while the last transaction was being committed becomes the next one, in
 * the order in which it was handed in; everybody is answered after the commit.
 *
 * <p><b>Poison.</b> A transaction is first tried as a whole. If something in it cannot be written for its content, it is
 * rolled back and done again with a savepoint around each piece, so that only the culprits are undone. Whatever is
 * answered, refusals included, is what the committed data says.
 *
 * <p><b>Failures.</b> A transaction that fails before its commit was not written. If the commit itself fails, the
 * database is asked whether it happened; nothing is done twice. After any failure the connection is made anew, so that
 * the store goes on by itself when the cause is gone.
 */
final class Writer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
    private static final int MOST_AT_ONCE = Defaults.COMMIT_LIMIT;
    private static final int LOOKS = 20;
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private final Database database;
    private final Threads threads;
    private final Connector connector;
    /** What one caller hands in together is one element, and so never parted. */
    private final LinkedBlockingQueue<List<? extends Work<?>>> queue = new LinkedBlockingQueue<>();

    private final BatchFigures figures = new BatchFigures();
    private final List<Work<?>> untold = new ArrayList<>();
    private final Thread loop;
    private @Nullable Transaction transaction;
    private boolean failing;
    private boolean stopping;
    private boolean closed;

    /** Makes the writing connection; the tests make some that fail. */
    @FunctionalInterface
    interface Connector {
        Transaction connect() throws SQLException;
    }

    Writer(Database database, Threads threads, Connector connector) throws SQLException {
        this.database = database;
        this.threads = threads;
        this.connector = connector;
        this.transaction = connector.connect();
        figures.opened(Database.settings(transaction.session()));
        this.loop = threads.loop("holdfast-ledger", this::run);
    }

    LedgerFigures figures() {
        return figures.figures();
    }

    /** Does this in the next transaction and waits for it. */
    <T> T perform(Work<T> work) {
        return performAll(List.of(work)).getFirst();
    }

    /** Does these one after the other in one transaction, and waits for them: if it fails, none of them was done. */
    <T> List<T> performAll(List<? extends Work<T>> all) {
        if (all.isEmpty()) return List.of();
        synchronized (this) {
            if (closed) {
                throw Unavailable.notApplied(
                        "closing", "the ledger is closed and takes nothing any more: nothing was changed", null);
            }
            queue.add(all);
        }
        var answers = new ArrayList<T>(all.size());
        for (Work<T> work : all) answers.add(answer(work));
        return answers;
    }

    private static <T> T answer(Work<T> work) {
        try {
            return work.answer().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private void run() {
        var batch = new ArrayList<Work<?>>();
        while (!stopping) {
            try {
                take(queue.take(), batch);
            } catch (InterruptedException e) {
                // Nobody has a reason to interrupt it, and callers are waiting: it ends when it is closed.
                continue;
            }
            takeMore(batch);
            try {
                if (!batch.isEmpty()) process(batch);
            } catch (RuntimeException | Error e) {
                LOG.error("a batch failed for a reason of its own", e);
                failAll(batch, Unavailable.indeterminate("ledger_failed", "the ledger failed: " + e, e));
                disconnect();
            }
            batch.clear();
        }
        disconnect();
    }

    private void take(List<? extends Work<?>> handedIn, List<Work<?>> batch) {
        for (Work<?> work : handedIn) {
            if (work instanceof Stop) stopping = true;
            else batch.add(work);
        }
    }

    /** The rest of what was handed in: before a transaction, and once more at its end, by those whom the last one woke. */
    private void takeMore(List<Work<?>> batch) {
        while (batch.size() < MOST_AT_ONCE) {
            var next = queue.poll();
            if (next == null) return;
            take(next, batch);
        }
    }

    private void process(List<Work<?>> batch) {
        Transaction with;
        try {
            with = connected();
        } catch (SQLException e) {
            fails(e);
            failAll(batch, Trouble.unavailable(e, database.file()));
            return;
        }
        try {
            if (!asOne(with, batch)) eachByItself(with, batch);
            with.seal();
        } catch (SQLException e) {
            fails(e);
            disconnect();
            failAll(batch, Trouble.unavailable(e, database.file()));
            return;
        }
        long number = with.batch();
        try {
            with.commit();
        } catch (SQLException e) {
            fails(e);
            disconnect();
            settle(batch, number, e);
            return;
        }
        succeed(batch);
    }

    /** Told once, however many try while it lasts. */
    private void fails(SQLException e) {
        if (!failing) LOG.warn("the ledger {} cannot be written: {}", database.file(), e.toString());
        failing = true;
    }

    private void succeed(List<Work<?>> batch) {
        if (failing) LOG.info("the ledger {} can be written again", database.file());
        failing = false;
        untold.clear();
        figures.committed(batch.stream().mapToInt(Work::changes).sum());
        for (Work<?> work : batch) work.durable();
        for (Work<?> work : batch) work.committed(figures);
    }

    /** @return whether all of it could be written; if not, nothing was */
    private boolean asOne(Transaction with, List<Work<?>> batch) throws SQLException {
        with.begin(true);
        for (Work<?> work : untold) work.disown(with);
        try {
            for (Work<?> work : batch) if (!work.isLast()) work.perform(with);
            int taken = batch.size();
            takeMore(batch);
            for (Work<?> work : batch.subList(taken, batch.size())) if (!work.isLast()) work.perform(with);
            for (Work<?> work : batch) if (work.isLast()) work.perform(with);
            with.settle();
            return true;
        } catch (SQLException e) {
            if (Trouble.of(e) != Trouble.CONTENT) throw e;
        } catch (RuntimeException e) {
            // Refused, or a value that cannot be turned into a column: the second pass finds out whose it is.
        }
        with.rollback();
        return false;
    }

    private void eachByItself(Transaction with, List<Work<?>> batch) throws SQLException {
        with.begin(false);
        for (Work<?> work : untold) work.disown(with);
        for (Work<?> work : batch) {
            with.savepoint();
            Refused why = null;
            try {
                work.perform(with);
            } catch (SQLException e) {
                if (Trouble.of(e) != Trouble.CONTENT) throw e;
                why = invalid(e);
            } catch (Refused e) {
                why = e;
            } catch (RuntimeException e) {
                why = invalid(e);
            }
            if (why == null) {
                with.release();
            } else {
                with.undo();
                work.refuse(why);
            }
        }
    }

    private static Refused invalid(Exception e) {
        var refused =
                new Refused("change_invalid", "it cannot be written as it is: " + e.getMessage() + ". This is a bug");
        refused.initCause(e);
        return refused;
    }

    /**
     * A commit has failed: did it happen? The newest number in the database says so. If it did not, its pages may still lie
     * behind the end of the log, where a recovery could find them; so it is only called undone when a commit of our own has
     * been written over them, or when the log could not even take it as a whole. That commit skips the number in question:
     * should its own answer be lost too, a newer number still says that the batch did not happen.
     */
    private void settle(List<Work<?>> batch, long number, SQLException failure) {
        for (int look = 0; look < LOOKS; look++) {
            if (look > 0) rest();
            try {
                Transaction with = connected();
                if (with.batch() == number) {
                    succeed(batch);
                    return;
                }
                if (with.batch() < number && Trouble.of(failure) != Trouble.DISK_FULL) {
                    with.begin(false);
                    with.skip(number);
                    with.seal();
                    with.commit();
                }
                failAll(batch, Trouble.unavailable(failure, database.file()));
                return;
            } catch (SQLException e) {
                failure.addSuppressed(e);
                disconnect();
            }
        }
        untold.addAll(batch);
        failAll(batch, Trouble.indeterminate(failure, database.file()));
    }

    private void rest() {
        try {
            threads.bell().await(BETWEEN_LOOKS);
        } catch (InterruptedException e) {
            // See run().
        }
    }

    private Transaction connected() throws SQLException {
        Transaction present = transaction;
        if (present != null) return present;
        Transaction made = connector.connect();
        transaction = made;
        return made;
    }

    private void disconnect() {
        Transaction present = transaction;
        transaction = null;
        if (present == null) return;
        try {
            present.close();
        } catch (SQLException e) {
            LOG.warn("the writing connection could not be closed: {}", e.toString());
        }
    }

    private static void failAll(List<Work<?>> batch, RuntimeException why) {
        for (Work<?> work : batch) work.failed(why);
    }

    /** Commits what was handed in, then ends. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) return;
            closed = true;
            queue.add(List.of(new Stop()));
        }
        boolean interrupted = false;
        while (true) {
            try {
                loop.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    private static final class Stop extends Work<Boolean> {
        @Override
        Boolean in(Transaction transaction) {
            return true;
        }
    }
}
