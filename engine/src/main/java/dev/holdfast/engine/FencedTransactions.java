package dev.holdfast.engine;

import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Transactions;
import java.sql.Connection;
import java.sql.SQLException;

/** The transactions of a {@link FencedLedger}. */
record FencedTransactions(Transactions transactions, Door door) implements Transactions {
    @Override
    public Open begin() throws InterruptedException {
        door.demandNotFenced();
        return new FencedOpen(transactions.begin(), door);
    }

    @Override
    public Receipt write(Connection theirs, Change change) {
        door.demandNotFenced();
        return transactions.write(theirs, change);
    }

    private record FencedOpen(Open open, Door door) implements Open {
        @Override
        public Connection connection() {
            return open.connection();
        }

        @Override
        public void conclude() throws SQLException {
            open.conclude();
        }

        @Override
        public Receipt commit(Change change) {
            door.demandNotFenced();
            return open.commit(change);
        }

        @Override
        public boolean rollback() {
            return open.rollback();
        }

        @Override
        public void close() {
            open.close();
        }
    }
}
