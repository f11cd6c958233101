package dev.holdfast.postgres;

import dev.holdfast.core.Refused;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Fault;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Transactions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A transaction of user code's on a session that was lent to it, and a change with it. The change is written last: its run is
 * locked, checked and written when user code has been left, so nothing of the ledger is locked for longer than the commit takes.
 *
 * <p>Whatever is not a statement of user code's is done on a thread that nobody interrupts: an interrupt closes the connection
 * of whoever is waiting for an answer, and the answer to a commit has to be known.
 */
final class Joint implements Transactions.Open {
    /**
     * What user code has put off until the commit may wait for anything: constraints, triggers, cursors that outlive it. A
     * trigger that puts its own work off once more has it done at the commit all the same.
     */
    private static final String CONCLUDE = "SET CONSTRAINTS ALL IMMEDIATE; CLOSE ALL";

    private final Lending lending;
    private final Lending.Loan loan;
    private final With with;
    private final Lent connection;
    private boolean over;

    /**
     * What any transaction needs.
     *
     * @param errands on which a commit is looked up that was not answered
     */
    record With(Apart apart, Track errands, Batch.Memory memory, Supplier<Instant> now) {}

    Joint(Lending lending, Lending.Loan loan, With with) {
        this.lending = lending;
        this.loan = loan;
        this.with = with;
        this.connection = new Lent(loan.session().connection());
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public void conclude() throws SQLException {
        connection.end();
        loan.session().execute(CONCLUDE);
    }

    @Override
    public Receipt commit(Change change) {
        end();
        return with.apart().perform(() -> committed(change), () -> lending.end(loan));
    }

    @Override
    public boolean rollback() {
        if (over) return true;
        end();
        return with.apart().perform(this::rolledBack, () -> lending.end(loan));
    }

    @Override
    public void close() {
        if (!over) rollback();
    }

    private void end() {
        if (over) throw new IllegalStateException("this transaction has ended");
        over = true;
        connection.end();
    }

    private Receipt committed(Change change) {
        Optional<Refused> fault = Fault.of(change);
        if (fault.isPresent()) return undone(new Receipt.Rejected(fault.get()));
        String number;
        var tx = new Transaction(loan.session(), with.now().get());
        try {
            if (!loan.goesOn()) return undone(rejected(ended()));
            var work = new ChangeWork(change);
            write(tx, work);
            if (!work.isApplied()) return undone(Objects.requireNonNull(work.result()));
            number = Track.number(loan.session());
        } catch (SQLException e) {
            // Before anything is thrown: the session's next owner would commit what is left open.
            rolledBack();
            if (isInTheWay(e)) throw inTheWay(change, e);
            return refusal(e);
        } catch (RuntimeException | Error e) {
            rolledBack();
            throw e;
        }
        try {
            loan.session().connection().commit();
        } catch (SQLException e) {
            with.memory().steps().forgetAll();
            if (Trouble.of(e) != Trouble.LOST && !isClosed()) {
                rolledBack();
                return refusal(e);
            }
            if (!with.errands().hasHappened(number, loan.backend(), e)) throw Trouble.unavailable(e);
        }
        tx.committed();
        return Judge.APPLIED;
    }

    private void write(Transaction tx, ChangeWork work) throws SQLException {
        Guest.stay(loan.session());
        try {
            new Batch(with.memory(), List.of(work)).carryOut(tx);
        } catch (Surprise e) {
            // It is settled, and not applied.
        }
    }

    private Receipt undone(Receipt why) {
        rolledBack();
        return why;
    }

    /**
     * A body may have left the session in the middle of something, such as a COPY, and the driver waits for the end of that before
     * it says anything more: then the session is closed, and the server undoes it.
     */
    private boolean rolledBack() {
        return with.apart().briefly(this::isRolledBack, loan.session()::abort);
    }

    private boolean isRolledBack() {
        try {
            loan.session().connection().rollback();
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private boolean isClosed() {
        try {
            return loan.session().connection().isClosed();
        } catch (SQLException e) {
            return true;
        }
    }

    /** What is not the database's trouble is the answer to what user code has done. */
    private static Receipt refusal(SQLException e) {
        return switch (Trouble.of(e)) {
            case LOST, DISK_FULL -> throw Trouble.unavailable(e);
            case AGAIN, CONTENT, READ_ONLY, OTHER -> rejected(e);
        };
    }

    /** User code has chosen its isolation, but not who else has the run's row. */
    private static boolean isInTheWay(SQLException e) {
        return Trouble.of(e) == Trouble.AGAIN && !"40001".equals(e.getSQLState());
    }

    private static Unavailable inTheWay(Change change, SQLException e) {
        return Unavailable.notApplied(
                "ledger_failed",
                "a step of " + change.run()
                        + " could not be recorded, as somebody else has kept the run's row locked: what its"
                        + " body has written was rolled back, and it is executed again. Look in pg_locks for who has it."
                        + " PostgreSQL says: " + e.getMessage(),
                e);
    }

    private static Receipt rejected(SQLException e) {
        var why = new Refused(
                "transaction_refused", "the transaction was not committed and left nothing: " + e.getMessage());
        why.initCause(e);
        return new Receipt.Rejected(why);
    }

    private static SQLException ended() {
        return new SQLException(
                "the body has ended the transaction that it was called in, so what it wrote and the record of its step are not"
                        + " committed together: leave COMMIT and ROLLBACK to Holdfast; to undo a part, use a savepoint",
                "2D000");
    }
}
