package dev.holdfast.sqlite;

import dev.holdfast.core.Holder;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.sql.LedgerClock;
import dev.holdfast.sql.Session;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/** A ledger whose connection fails when it is told to. */
final class Rig implements AutoCloseable {
    private static final int IO_ERROR = 10;
    private static final int DISK_FULL = 13;

    final AtomicInteger failBeforeCommit = new AtomicInteger();
    final AtomicInteger failAfterCommit = new AtomicInteger();
    /** So many commits work, and no further one; -1 for all. */
    final AtomicInteger failEveryCommitAfter = new AtomicInteger(-1);

    final AtomicInteger failToConnect = new AtomicInteger();
    final AtomicInteger failInside = new AtomicInteger();
    final AtomicInteger readOnly = new AtomicInteger();
    final AtomicInteger full = new AtomicInteger();
    final Holder node;
    final SqliteReaders readers;
    final SqliteLedger ledger;

    Rig(Path folder, Clock clock, Ids ids) throws SQLException {
        try (SqliteStore store = SqliteStore.open(folder, new SqliteOptions(new SystemThreads(), clock, ids))) {
            node = store.node();
        }
        var database = new Database(folder);
        var ledgerClock = new LedgerClock(clock, 0);
        var writer = new Writer(database, new SystemThreads(), () -> {
            if (due(failToConnect)) throw new SQLException("cannot connect", "", IO_ERROR);
            return new Failing(database.forWriting(), ledgerClock);
        });
        readers = new SqliteReaders(database);
        ledger = new SqliteLedger(writer, readers, ledgerClock, ids);
    }

    private static boolean due(AtomicInteger times) {
        return times.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
    }

    private final class Failing extends Transaction {
        Failing(Session session, LedgerClock clock) throws SQLException {
            super(session, clock, node);
        }

        @Override
        void begin(boolean asOne) throws SQLException {
            // What SQLite itself says then, not what we believe it says.
            if (due(readOnly)) session().execute("PRAGMA query_only = 1");
            if (due(full)) session().execute("PRAGMA max_page_count = 1");
            super.begin(asOne);
        }

        @Override
        void seal() throws SQLException {
            if (due(failInside)) throw new SQLException("disk I/O error", "", IO_ERROR);
            super.seal();
        }

        @Override
        void commit() throws SQLException {
            boolean out = failEveryCommitAfter.getAndUpdate(n -> n > 0 ? n - 1 : n) == 0;
            if (out) throw new SQLException("database or disk is full", "", DISK_FULL);
            if (due(failBeforeCommit)) throw new SQLException("disk I/O error", "", IO_ERROR);
            super.commit();
            if (due(failAfterCommit)) throw new SQLException("disk I/O error", "", IO_ERROR);
        }
    }

    @Override
    public void close() {
        readers.close();
        ledger.close();
    }
}
