package dev.holdfast.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.sql.Session;
import dev.holdfast.testkit.Changes;
import dev.holdfast.testkit.ManualClock;
import dev.holdfast.testkit.SeededIds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A copy of a ledger, a backup or what is made of one, has its name when it was read again and has reached the disk. */
final class CopyTest {
    private static final int PAGE = 4096;
    private static final String INPUT = "x".repeat(1_000);

    @TempDir
    Path folder;

    @BeforeEach
    void makeALedger() throws IOException {
        var clock = new ManualClock();
        var ids = new SeededIds(1, clock);
        try (Opened store = Opened.in(data(), clock, ids)) {
            for (int i = 0; i < 100; i++) {
                assertThat(store.ledger().commit(Changes.start(ids, clock.now(), '"' + INPUT + '"')))
                        .isInstanceOf(Receipt.Applied.class);
            }
        }
        Files.createDirectories(backups());
    }

    private Path data() {
        return folder.resolve("data");
    }

    private Path backups() {
        return folder.resolve("backups");
    }

    private Path backup() {
        return backups().resolve("monday.db");
    }

    private Path restored() {
        return folder.resolve("restored");
    }

    private Path ledger() {
        return restored().resolve(Database.FILE);
    }

    private void take(Disk disk) {
        assertThat(Backup.take(data(), backup(), (written, expected) -> {}, disk)
                        .runs())
                .isEqualTo(100);
    }

    private void restore(Disk disk) {
        assertThat(Restore.restore(backup(), restored(), Restore.Original.MUST_BE_OVER, disk)
                        .runs())
                .isEqualTo(100);
    }

    private static void assertRefused(ThrowingCallable call, String code) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static List<String> names(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(f -> String.valueOf(f.getFileName())).toList();
        }
    }

    /** A disk that tells what has reached it, and that breaks when it is told to. */
    private static final class Watched extends Disk {
        private final Path name;
        private final int breaksAt;
        private final List<String> reached = new ArrayList<>();

        /** @param breaksAt what would reach it then does not */
        Watched(Path name, int breaksAt) {
            this.name = name;
            this.breaksAt = breaksAt;
        }

        Watched(Path name) {
            this(name, Integer.MAX_VALUE);
        }

        @Override
        void sync(Path what, StandardOpenOption how) throws IOException {
            if (reached.size() == breaksAt) throw new IOException("the disk is broken");
            super.sync(what, how);
            reached.add((Files.isDirectory(what) ? "folder" : "file") + (Files.exists(name) ? " with the name" : ""));
        }
    }

    @Test
    void firstTheFileReachesTheDiskAndThenItsName() {
        var disk = new Watched(backup());
        take(disk);
        assertThat(disk.reached).containsExactly("file", "folder with the name");

        var other = new Watched(ledger());
        restore(other);
        assertThat(other.reached).containsExactly("file", "folder with the name");
    }

    @Test
    void whatHasNotReachedTheDiskHasNoName() throws Exception {
        for (int breaksAt = 0; breaksAt < 2; breaksAt++) {
            var disk = new Watched(backup(), breaksAt);
            assertRefused(() -> take(disk), "backup_failed");
            assertThat(names(backups())).isEmpty();
        }
        take(new Disk());
        for (int breaksAt = 0; breaksAt < 2; breaksAt++) {
            var disk = new Watched(ledger(), breaksAt);
            assertRefused(() -> restore(disk), "restore_failed");
            assertThat(names(restored())).containsExactly(FolderLock.FILE);
        }
    }

    @Test
    void aBackupThatCannotBeReadAgainIsNone() throws Exception {
        assertRefused(
                () -> Backup.take(data(), backup(), (written, expected) -> {
                    if (written == expected) damage();
                }),
                "database_corrupt");
        assertThat(names(backups())).isEmpty();
    }

    /** Makes a page of inputs one that SQLite did not write. */
    private void damage() {
        try {
            Path file;
            try (var files = Files.list(backups())) {
                file = files.findFirst().orElseThrow();
            }
            byte[] bytes = Files.readAllBytes(file);
            // An input lies in two pages, and a page may be free and tell of what was there before.
            String part = INPUT.substring(0, INPUT.length() / 4);
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            int at = text.indexOf(part);
            assertThat(at).as("where an input lies").isPositive();
            for (; at >= 0; at = text.indexOf(part, at + 1)) bytes[at / PAGE * PAGE] = (byte) 0xff;
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aBackupWhoseIndexesDoNotTellItsRunsIsNotRestored() throws Exception {
        take(new Disk());
        loseARunOutOfAnIndex();
        assertRefused(() -> restore(new Disk()), "database_corrupt");
        assertThat(names(restored())).containsExactly(FolderLock.FILE);
    }

    /** As a disk does that keeps an older state of a page: every page is whole, and nothing is missed. */
    private void loseARunOutOfAnIndex() throws SQLException {
        var database = new Database(backups(), String.valueOf(backup().getFileName()));
        try (Session session = database.forWriting()) {
            session.execute("PRAGMA writable_schema = 1");
            session.execute("CREATE TABLE hidden AS SELECT * FROM sqlite_schema WHERE name = 'runs_of_task'");
            session.execute("DELETE FROM sqlite_schema WHERE name = 'runs_of_task'");
        }
        try (Session session = database.forWriting()) {
            session.execute("UPDATE runs SET task = 'u' WHERE id = (SELECT max(id) FROM runs)");
            session.execute("PRAGMA writable_schema = 1");
            session.execute("INSERT INTO sqlite_schema SELECT * FROM hidden");
            session.execute("DROP TABLE hidden");
            session.execute("PRAGMA journal_mode = DELETE");
        }
    }
}
