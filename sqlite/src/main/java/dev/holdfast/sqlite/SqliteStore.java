package dev.holdfast.sqlite;

import dev.holdfast.core.Holder;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.sql.LedgerClock;
import dev.holdfast.sql.Session;
import dev.holdfast.sql.SqlStream;
import java.nio.file.Path;
import java.sql.SQLException;

/**
 * A ledger and a stream log in one SQLite database, {@code holdfast.db}, in a data folder that one process at a time uses.
 * Whatever it acknowledges has reached the disk.
 *
 * <pre>{@code
 * try (var store = SqliteStore.open(Path.of("data"), new SqliteOptions(threads, clock, ids))) {
 *     store.ledger().commit(change);
 * }
 * }</pre>
 *
 * <p>Each boot is a new incarnation of the node: what an earlier boot held, this one does not.
 */
public final class SqliteStore implements AutoCloseable {
    private static final String BOOT = "INSERT INTO nodes (incarnation, pid, booted) VALUES (?, ?, ?)";
    private static final String NUMBER = "SELECT last_insert_rowid()";
    private static final String NEWEST = "SELECT at FROM ledger";

    private final FolderLock lock;
    private final SqliteReaders readers;
    private final SqliteLedger ledger;
    private final SqlStream stream;
    private final Holder node;

    private SqliteStore(FolderLock lock, SqliteReaders readers, SqliteLedger ledger, SqlStream stream, Holder node) {
        this.lock = lock;
        this.readers = readers;
        this.ledger = ledger;
        this.stream = stream;
        this.node = node;
    }

    /**
     * Opens the store in this folder; makes folder and database if they are not there.
     *
     * @throws Refused {@code data_folder_in_use} if another process uses it; {@code data_folder_not_writable};
     *     {@code database_corrupt}; {@code schema_too_new} if a newer program has written it; {@code migration_failed}
     * @throws Unavailable if the disk fails or is full
     */
    public static SqliteStore open(Path folder, SqliteOptions options) {
        return open(folder, options, Schema.CURRENT);
    }

    static SqliteStore open(Path folder, SqliteOptions options, Schema schema) {
        FolderLock lock = FolderLock.take(folder);
        var database = new Database(folder);
        try {
            return open(lock, database, options, schema);
        } catch (SQLException e) {
            lock.close();
            throw Trouble.atOpen(e, database.file());
        } catch (RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    private static SqliteStore open(FolderLock lock, Database database, SqliteOptions options, Schema schema)
            throws SQLException {
        LedgerClock clock;
        Holder node;
        try (Session session = database.forWriting()) {
            schema.bringUp(database, session);
            clock = new LedgerClock(options.clock(), session.sql(NEWEST).single());
            node = boot(session, clock, options.ids().next().getLeastSignificantBits());
        }
        var writer = new Writer(database, options.threads(), () -> new Transaction(database.forWriting(), clock, node));
        var readers = new SqliteReaders(database);
        return new SqliteStore(
                lock,
                readers,
                new SqliteLedger(writer, readers, clock, options.ids()),
                new SqlStream(
                        readers,
                        appends -> writer.performAll(
                                appends.stream().map(AppendWork::new).toList())),
                node);
    }

    private static Holder boot(Session session, LedgerClock clock, long incarnation) throws SQLException {
        session.sql(BOOT)
                .number(incarnation)
                .number(ProcessHandle.current().pid())
                .instant(clock.now())
                .update();
        return new Holder(Holder.Kind.NODE, session.sql(NUMBER).single(), incarnation);
    }

    public Ledger ledger() {
        return ledger;
    }

    public StreamLog stream() {
        return stream;
    }

    /** This boot of this node: what it claims is held by it. */
    public Holder node() {
        return node;
    }

    /** Commits what is waiting, then refuses, and frees the folder. */
    @Override
    public void close() {
        try {
            readers.close();
            ledger.close();
        } finally {
            lock.close();
        }
    }
}
