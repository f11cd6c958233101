package dev.holdfast.postgres;

import dev.holdfast.core.Refused;
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
            return undone(refusal(e));
        } catch (RuntimeException | Error e) {
            rolledBack();
            throw e;
        }
        try {
            loan.session().connection().commit();
        } catch (SQLException e) {
            with.memory().steps().forgetAll();
            if (Trouble.of(e) != Trouble.LOST && !isClosed()) return undone(refusal(e));
            if (!with.errands().hasHappened(number, loan.backend(), e)) throw Trouble.unavailable(e);
        }
        tx.committed();
        return Judge.APPLIED;
    }

    private void write(Transaction tx, ChangeWork work) throws SQLException {
        Guest guest = Guest.enter(loan.session());
        try {
            new Batch(with.memory(), List.of(work)).carryOut(tx);
        } catch (Surprise e) {
            return;
        }
        guest.leave();
    }

    private Receipt undone(Receipt why) {
        rolledBack();
        return why;
    }

    private boolean rolledBack() {
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
        boolean serial = "40001".equals(e.getSQLState());
        return switch (Trouble.of(e)) {
            case AGAIN -> {
                if (!serial) throw Trouble.unavailable(e);
                yield rejected(e);
            }
            case LOST, DISK_FULL -> throw Trouble.unavailable(e);
            case CONTENT, READ_ONLY, OTHER -> rejected(e);
        };
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
