package dev.holdfast.sqlite;

import dev.holdfast.core.Refused;
import dev.holdfast.sql.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Makes a data folder of a backup. The backup is copied and stays as it is.
 *
 * <p><b>There must be one ledger only.</b> A backup has the runs that were under way when it was taken. Whoever opens what
 * was restored executes them, from their last step in the backup on; if the original does, too, each of them is executed
 * twice, and ends twice, differently. No fence reaches from one ledger into the other. So the original must be at its end
 * before. Of a process of this machine that has it open this is checked; of another machine nobody here can know.
 */
public final class Restore {
    /** What SQLite would take for a part of whatever database is put beside it. */
    private static final List<String> PARTS = List.of("", "-wal", "-shm", "-journal");

    private static final String BOOTS = "SELECT pid, booted FROM nodes ORDER BY number DESC LIMIT 1";

    private Restore() {}

    /** Whether the process that wrote what was backed up may be alive. */
    public enum Original {
        /** It is refused then. */
        MUST_BE_OVER,
        /** Its owner knows that no run can be executed by both. */
        MAY_BE_RUNNING
    }

    /**
     * @return what is in it
     * @throws Refused {@code data_folder_in_use}; {@code data_folder_not_writable}; {@code ledger_exists} if there is one in
     *     the folder; {@code no_backup}; {@code not_a_backup} if it is a database in use; {@code database_corrupt},
     *     {@code not_a_ledger}, {@code schema_too_new}; {@code original_running}; {@code restore_failed}
     */
    public static LedgerContent restore(Path backup, Path data, Original original) {
        return restore(backup, data, original, new Disk());
    }

    /** @param disk where it is to be */
    static LedgerContent restore(Path backup, Path data, Original original, Disk disk) {
        demandBackup(backup);
        try (FolderLock lock = FolderLock.take(data)) {
            Path ledger = lock.folder().resolve(Database.FILE);
            demandEmpty(ledger);
            // Whoever has the lock may write over what a restore that was killed has left.
            Path unfinished = ledger.resolveSibling(Database.FILE + ".restoring");
            try {
                Disk.copy(backup, unfinished);
                LedgerContent content = Verification.whole(unfinished, backup);
                if (original == Original.MUST_BE_OVER) demandOver(unfinished);
                disk.publish(unfinished, ledger);
                return content;
            } catch (IOException e) {
                throw failed(backup, data, e);
            } finally {
                discard(unfinished);
            }
        }
    }

    private static void demandBackup(Path backup) {
        if (!Files.isRegularFile(backup)) throw new Refused("no_backup", "there is no file " + backup);
        Path log = backup.resolveSibling(backup.getFileName() + "-wal");
        if (Files.exists(log)) {
            throw new Refused(
                    "not_a_backup",
                    backup + " is a database in use: what was written last is still in " + log
                            + ". Take a backup of it with 'holdfast backup'");
        }
    }

    private static void demandEmpty(Path ledger) {
        for (String part : PARTS) {
            Path there = ledger.resolveSibling(ledger.getFileName() + part);
            if (!Files.exists(there)) continue;
            throw new Refused(
                    "ledger_exists",
                    there + " is there already: nothing was changed. Name another folder, or move it away together with"
                            + " the files whose names begin like it");
        }
    }

    /** The process is known by its number, and by having been there before it opened the ledger. */
    private static void demandOver(Path copy) {
        var database = new Database(Disk.folder(copy), String.valueOf(copy.getFileName()));
        try (Session session = database.forLooking()) {
            Optional<Long> running = session.sql(BOOTS).first(row -> alive(row.number(), row.instant()));
            if (running.orElse(0L) == 0L) return;
            throw new Refused(
                    "original_running",
                    "process " + running.get() + ", which wrote what was backed up, is still running here: both would"
                            + " execute the same runs. End it first");
        } catch (SQLException e) {
            throw Trouble.atOpen(e, copy);
        }
    }

    /** @return its number, 0 if it is gone */
    private static long alive(long pid, Instant opened) {
        boolean there = ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .flatMap(process -> process.info().startInstant())
                .filter(begun -> begun.isBefore(opened))
                .isPresent();
        return there ? pid : 0;
    }

    private static Refused failed(Path backup, Path data, IOException why) {
        var refused = new Refused(
                "restore_failed",
                backup + " could not be copied to " + data + ": " + why + ". There is no ledger there");
        refused.initCause(why);
        return refused;
    }

    private static void discard(Path unfinished) {
        try {
            for (String part : PARTS) {
                Files.deleteIfExists(unfinished.resolveSibling(unfinished.getFileName() + part));
            }
        } catch (IOException e) {
            // It has a name that nobody opens, and the next restore writes over it.
            return;
        }
    }
}
