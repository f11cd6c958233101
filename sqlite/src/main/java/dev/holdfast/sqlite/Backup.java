package dev.holdfast.sqlite;

import dev.holdfast.core.Refused;
import dev.holdfast.sql.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.ProgressHandler;

/**
 * A copy of a ledger in one file, taken while its process goes on.
 *
 * <p>It is taken by a connection of its own that can only read, in one read transaction: the copy is the ledger at one
 * moment, with everything that was acknowledged before. The writer is not asked, and not stopped; it only cannot make its
 * log ({@code holdfast.db-wal}) shorter until the copy is done. SQLite's own incremental backup would begin again whenever
 * the writer commits, and so never end under load.
 *
 * <p>The copy gets its name when it is complete, was read again, and has reached the disk: whatever has the name is a backup.
 */
public final class Backup {
    private static final String COPY = "VACUUM INTO ?";
    /** SQLite counts them anew for each table and index. */
    private static final int STEPS_BETWEEN_WORDS = 200;

    private Backup() {}

    /** Is told how far a copy is. */
    @FunctionalInterface
    public interface Progress {
        /**
         * @param written bytes so far
         * @param expected bytes in the end, about
         */
        void at(long written, long expected);
    }

    /**
     * Copies the ledger of a data folder, whether a process uses it or not.
     *
     * @return what is in the copy
     * @throws Refused {@code no_ledger}; {@code backup_exists} if there is a file of this name; {@code disk_full} if there is
     *     less room than it needs; {@code backup_failed}; {@code database_corrupt}; {@code schema_too_new}
     */
    public static LedgerContent take(Path data, Path target, Progress progress) {
        return take(data, target, progress, new Disk());
    }

    /** @param disk where it is to be */
    static LedgerContent take(Path data, Path target, Progress progress, Disk disk) {
        var ledger = new Database(data);
        if (!Files.exists(ledger.file())) {
            throw new Refused("no_ledger", "there is no ledger in " + data + ": name its data folder");
        }
        demandFree(target);
        Path unfinished = unfinished(target);
        try (Session session = ledger.forLooking()) {
            Schema.CURRENT.known(ledger, session);
            long expected = LedgerContent.used(session);
            demandRoom(target, expected);
            copy(session, unfinished, new Report(unfinished, expected, progress));
            LedgerContent content = Verification.quick(unfinished);
            disk.publish(unfinished, target);
            return content;
        } catch (SQLException e) {
            throw failed(unfinished, target, e);
        } catch (IOException e) {
            throw failed(unfinished, target, e);
        } catch (RuntimeException | Error e) {
            discard(unfinished, e);
            throw e;
        }
    }

    private static Path unfinished(Path target) {
        return target.resolveSibling(
                target.getFileName() + ".unfinished-" + ProcessHandle.current().pid());
    }

    private static void demandFree(Path target) {
        if (Files.exists(target)) {
            throw new Refused("backup_exists", target + " is there already: name a file that is not");
        }
        if (!Files.isWritable(Disk.folder(target))) {
            throw new Refused(
                    "backup_failed",
                    Disk.folder(target) + " is no folder that can be written: make it, or name another");
        }
    }

    private static void demandRoom(Path target, long expected) throws IOException {
        long room = Files.getFileStore(Disk.folder(target)).getUsableSpace();
        if (room >= expected) return;
        throw new Refused(
                "disk_full",
                "a backup needs about " + expected / 1_000_000 + " MB, and " + room / 1_000_000 + " MB are free at "
                        + Disk.folder(target) + ": make room, or name another disk");
    }

    private static void copy(Session session, Path unfinished, Report report) throws SQLException, IOException {
        Files.deleteIfExists(unfinished);
        ProgressHandler.setHandler(session.connection(), STEPS_BETWEEN_WORDS, report);
        try {
            session.sql(COPY).text(unfinished.toString()).update();
        } finally {
            ProgressHandler.clearHandler(session.connection());
        }
        report.done();
    }

    private static Refused failed(Path unfinished, Path target, Exception why) {
        var refused = new Refused(
                "backup_failed",
                "no backup was written to " + target + ": " + why.getMessage() + ". The ledger is as it was");
        refused.initCause(why);
        discard(unfinished, refused);
        return refused;
    }

    /** What is half is no backup. */
    private static void discard(Path unfinished, Throwable why) {
        try {
            Files.deleteIfExists(unfinished);
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    /** Called by SQLite in the thread that copies. */
    private static final class Report extends ProgressHandler {
        private final Path file;
        private final long expected;
        private final Progress progress;

        private Report(Path file, long expected, Progress progress) {
            this.file = file;
            this.expected = expected;
            this.progress = progress;
        }

        /** @return 0: go on */
        @Override
        protected int progress() {
            progress.at(Math.min(written(), expected - 1), expected);
            return 0;
        }

        /** A copy is seldom exactly as large as what is in use in the original. */
        private void done() {
            progress.at(expected, expected);
        }

        private long written() {
            try {
                return Files.exists(file) ? Files.size(file) : 0;
            } catch (IOException e) {
                return 0;
            }
        }
    }
}
