package dev.holdfast.postgres;

import dev.holdfast.core.Holder;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Fault;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Transactions;
import dev.holdfast.postgres.membership.Membership;
import dev.holdfast.postgres.session.Connections;
import dev.holdfast.sql.Session;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Changes in transactions of user code's: a batch of one change, on another session than the writer's. */
final class PgTransactions implements Transactions, AutoCloseable {
    private static final String MEMBER = "SELECT 1 FROM nodes WHERE number = ? AND incarnation = ?";
    private static final String TELL = "SELECT pg_notify(?, ?)";

    private final Lending lending;
    private final Joint.With with;
    private final Holder node;

    PgTransactions(Lending lending, Joint.With with, Holder node) {
        this.lending = lending;
        this.with = with;
        this.node = node;
    }

    @Override
    public Open begin() throws InterruptedException {
        lending.await();
        return new Joint(lending, with.apart().perform(lending::begin, lending::end), with);
    }

    @Override
    public Receipt write(Connection theirs, Change change) {
        Optional<Refused> fault = Fault.of(change);
        if (fault.isPresent()) return new Receipt.Rejected(fault.get());
        try {
            if (theirs.getAutoCommit()) {
                throw new Refused(
                        "connection_autocommit",
                        "this connection commits each statement by itself, so there is no transaction that the run could be"
                                + " part of: call setAutoCommit(false), and commit when all of it is written");
            }
            return visit(theirs, change);
        } catch (SQLException e) {
            throw trouble(e);
        }
    }

    /** What is not to stay is undone, and their transaction is as it was. */
    private Receipt visit(Connection theirs, Change change) throws SQLException {
        Savepoint before = theirs.setSavepoint();
        var session = new Session(theirs, new PgDialect());
        try {
            Receipt receipt = written(session, change);
            session.forget();
            // Who has the key is the answer to the request id, also next time.
            boolean stays = receipt instanceof Receipt.Applied || receipt instanceof Receipt.KeyHeld;
            if (stays) theirs.releaseSavepoint(before);
            else theirs.rollback(before);
            return receipt;
        } catch (SQLException | RuntimeException e) {
            try {
                session.forget();
                theirs.rollback(before);
            } catch (SQLException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    /**
     * It locks its request id and its key and nothing else: not the lane, to which it is nothing before its time has come, and
     * no run, nor the one that had the key until its time was over. So whoever wants the same waits for them, and nobody besides.
     */
    private Receipt written(Session session, Change change) throws SQLException {
        Guest guest = Guest.enter(session);
        boolean here = session.sql(MEMBER)
                .number(node.number())
                .number(node.incarnation())
                .any();
        if (!here) throw foreign(null);
        var work = new ChangeWork(change);
        try {
            Run row = Objects.requireNonNull(work.part().row(), "only a start is written in somebody's transaction");
            // As of the moment in which it was not yet its time.
            var tx = Transaction.ofTheirs(session, row.times().created(), this::aside);
            Taken.mark(tx, work);
            // What it would teach is never told to be committed, and so not believed.
            new Batch(with.memory(), List.of(work)).carryOut(tx);
        } catch (Surprise e) {
            return Objects.requireNonNull(work.result());
        }
        // Heard when it is committed: by a node whose next look brings the run into its queue.
        if (work.isApplied()) {
            session.sql(TELL)
                    .text(Membership.channel(node.number()))
                    .text(Membership.notice(PgHints.posted(change.run())))
                    .any();
        }
        guest.leave();
        return Objects.requireNonNull(work.result());
    }

    /** Committed by itself, whatever becomes of theirs. */
    private void aside(Track.Body<Integer> work) {
        with.apart().perform(() -> with.errands().perform(work), () -> {});
    }

    private static RuntimeException trouble(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return switch (state) {
            // No such schema, table or function; no right to it.
            case "3F000", "42P01", "42883", "42501" -> foreign(e);
            case "25P02" ->
                refused("transaction_failed", "this transaction has failed before, and can only be rolled back", e);
            case "25006" ->
                refused("transaction_read_only", "this transaction is read only, so no run is started in it", e);
            case "55P03" -> Taken.busy(e);
            // Somebody was quicker, and this transaction is not to know of him.
            case "40001", "23505" ->
                Unavailable.notApplied(
                        "transaction_outdated",
                        "this transaction began before something that was committed since, and that it would have to see: roll"
                                + " it back, and do all of it again",
                        e);
            default -> Trouble.unavailable(e);
        };
    }

    private static Refused foreign(@Nullable SQLException e) {
        return refused(
                "connection_foreign",
                "through this connection the tables of this node's cluster are not to be had: it must lead to the same database,"
                        + " and its user must be allowed to use schema " + Connections.SCHEMA
                        + " and all that is in it",
                e);
    }

    private static Refused refused(String code, String message, @Nullable SQLException e) {
        var why = new Refused(code, message + (e == null ? "" : ". PostgreSQL says: " + e.getMessage()));
        if (e != null) why.initCause(e);
        return why;
    }

    void cut() {
        lending.cut();
        with.apart().cut();
    }

    void restore() {
        lending.restore();
    }

    @Override
    public void close() {
        lending.close();
    }
}
