package dev.holdfast.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.system.SystemClock;
import dev.holdfast.engine.system.SystemIds;
import dev.holdfast.testkit.Changes;
import dev.holdfast.testkit.ManualClock;
import dev.holdfast.testkit.SeededIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A copy of a ledger that is being written, and a ledger made of a copy. */
final class BackupTest {
    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock();
    private final SeededIds ids = new SeededIds(1, clock);

    private Path data() {
        return folder.resolve("data");
    }

    private Path backup() {
        return folder.resolve("backups").resolve("monday.db");
    }

    private Path restored() {
        return folder.resolve("restored");
    }

    private RunId start(Opened store) {
        Change start = Changes.start(ids, clock.now(), "\"" + "x".repeat(1_000) + "\"");
        assertThat(store.ledger().commit(start)).isInstanceOf(Receipt.Applied.class);
        return start.run();
    }

    private List<RunId> start(Opened store, int count) {
        var started = new ArrayList<RunId>();
        for (int i = 0; i < count; i++) started.add(start(store));
        return started;
    }

    private LedgerContent take(Backup.Progress progress) throws IOException {
        Files.createDirectories(backup().getParent());
        return Backup.take(data(), backup(), progress);
    }

    private LedgerContent take() throws IOException {
        return take((written, expected) -> {});
    }

    private LedgerContent restore() {
        return Restore.restore(backup(), restored(), Restore.Original.MUST_BE_OVER);
    }

    private void assertRefused(ThrowingCallable call, String code, String... parts) {
        assertThatThrownBy(call).isInstanceOfSatisfying(Refused.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.getMessage()).contains(parts);
        });
    }

    @Test
    void whatWasAcknowledgedBeforeIsInItAndTheWriterGoesOn() throws Exception {
        List<RunId> before;
        RunId meanwhile;
        try (Opened store = Opened.in(data(), clock, ids)) {
            before = start(store, 300);
            var started = new ArrayList<RunId>();
            LedgerContent content = take((written, expected) -> {
                // In the middle of the copy.
                if (started.isEmpty()) started.add(start(store));
            });
            assertThat(content.runs()).isEqualTo(300);
            assertThat(content.unfinished()).isEqualTo(300);
            assertThat(content.schema()).isEqualTo(Schema.CURRENT.version());
            meanwhile = started.getFirst();
            assertThat(store.ledger().reads().run(meanwhile)).isPresent();
        }
        assertThat(restore().runs()).isEqualTo(300);
        try (Opened store = Opened.in(restored(), clock, ids)) {
            for (RunId run : before) assertThat(store.ledger().reads().run(run)).isPresent();
            assertThat(store.ledger().reads().run(meanwhile)).isEmpty();
            start(store);
        }
    }

    @Test
    void whateverHasTheNameIsAWholeBackup() throws Exception {
        var words = new AtomicInteger();
        try (Opened store = Opened.in(data(), clock, ids)) {
            start(store, 300);
            take((written, expected) -> {
                if (written < expected) assertThat(Files.exists(backup())).isFalse();
                words.incrementAndGet();
            });
        }
        assertThat(words.get()).as("it says how far it is").isGreaterThan(1);
        try (var files = Files.list(backup().getParent())) {
            assertThat(files).as("nothing else is left").containsExactly(backup());
        }
    }

    @Test
    void aFileThatIsThereIsNotReplaced() throws Exception {
        Opened.in(data(), clock, ids).close();
        Files.createDirectories(backup().getParent());
        Files.writeString(backup(), "the backup of last week");
        assertRefused(this::take, "backup_exists", backup().toString());
        assertThat(backup()).content().isEqualTo("the backup of last week");
    }

    @Test
    void aFolderWithoutALedgerIsNamed() {
        assertRefused(this::take, "no_ledger", data().toString());
        assertThat(data()).doesNotExist();
    }

    @Test
    void aLedgerThatNobodyHasOpenIsBackedUpAsWell() throws Exception {
        try (Opened store = Opened.in(data(), clock, ids)) {
            start(store, 3);
        }
        assertThat(take().runs()).isEqualTo(3);
    }

    @Test
    void aLedgerThatIsThereIsNotReplaced() throws Exception {
        try (Opened store = Opened.in(data(), clock, ids)) {
            start(store, 3);
        }
        take();
        Opened.in(restored(), clock, ids).close();
        assertRefused(this::restore, "ledger_exists", Database.FILE);
        try (Opened store = Opened.in(restored(), clock, ids)) {
            assertThat(store.node().number()).as("the one that was there").isEqualTo(2);
        }
    }

    @Test
    void theLogOfALedgerThatIsGoneIsNotPutUnderAnother() throws Exception {
        Opened.in(data(), clock, ids).close();
        take();
        Files.createDirectories(restored());
        Files.write(restored().resolve(Database.FILE + "-wal"), new byte[100]);
        assertRefused(this::restore, "ledger_exists", Database.FILE + "-wal");
    }

    @Test
    void aFolderInUseIsRefused() throws Exception {
        Opened.in(data(), clock, ids).close();
        take();
        try (FolderLock other = FolderLock.take(restored())) {
            assertRefused(this::restore, "data_folder_in_use", other.folder().toString());
        }
        assertThat(restored().resolve(Database.FILE)).doesNotExist();
    }

    @Test
    void aBackupWhoseProcessIsAliveIsNotMadeASecondLedger() throws Exception {
        try (Opened store = Opened.in(data(), new SystemClock(), new SystemIds())) {
            take();
            assertRefused(
                    this::restore,
                    "original_running",
                    Long.toString(ProcessHandle.current().pid()));
            assertThat(restored().resolve(Database.FILE)).doesNotExist();
            LedgerContent known = Restore.restore(backup(), restored(), Restore.Original.MAY_BE_RUNNING);
            assertThat(known.runs()).isZero();
            assertThat(store.node().number()).isEqualTo(1);
        }
    }

    @Test
    void aDamagedBackupLeavesNothing() throws Exception {
        try (Opened store = Opened.in(data(), clock, ids)) {
            start(store, 100);
        }
        take();
        byte[] bytes = Files.readAllBytes(backup());
        for (int i = bytes.length / 2; i < bytes.length; i++) bytes[i] = (byte) (i * 31);
        Files.write(backup(), bytes);
        assertRefused(this::restore, "database_corrupt", "monday.db", "use another backup");
        Files.writeString(backup(), "this is no database. ".repeat(1_000));
        assertRefused(this::restore, "database_corrupt", "monday.db", "use another backup");
        try (var files = Files.list(restored())) {
            assertThat(files.map(f -> f.getFileName().toString())).containsExactly(FolderLock.FILE);
        }
    }

    @Test
    void aDatabaseInUseIsNoBackup() throws Exception {
        try (Opened store = Opened.in(data(), clock, ids)) {
            start(store, 3);
            assertRefused(
                    () -> Restore.restore(data().resolve(Database.FILE), restored(), Restore.Original.MUST_BE_OVER),
                    "not_a_backup",
                    "holdfast backup");
        }
    }
}
