package dev.holdfast.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.Admission;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.sql.Session;
import dev.holdfast.testkit.Changes;
import dev.holdfast.testkit.ManualClock;
import dev.holdfast.testkit.SeededIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks that are full, files that cannot be written, commits that fail: nothing is lost, done twice or stuck. */
final class TroubleTest {
    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock();
    private final SeededIds ids = new SeededIds(1, clock);

    private Change start(String input) {
        return Changes.start(ids, clock.now(), input);
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void aFullDiskIsSaidAndItGoesOnWhenThereIsSpace() throws Exception {
        assumeThat(Path.of("/bin/mount"))
                .as("mounting a small disk needs mount")
                .exists();
        int mounted = run("mount", "-t", "tmpfs", "-o", "size=2m", "holdfast-test", folder.toString());
        assumeThat(mounted).as("mounting a small disk is permitted").isZero();
        try {
            Path ballast = folder.resolve("ballast");
            Files.write(ballast, new byte[600_000]);
            var acknowledged = new ArrayList<RunId>();
            try (Opened store = Opened.in(folder, clock, ids)) {
                Unavailable full = fill(store, acknowledged);
                assertThat(full.code()).isEqualTo("disk_full");
                assertThat(full.indeterminate()).isFalse();
                assertThat(full.getMessage()).contains("free space");
                assertThatThrownBy(() -> store.ledger().commit(start("x".repeat(50_000))))
                        .isInstanceOf(Unavailable.class);
                for (RunId id : acknowledged)
                    assertThat(store.ledger().reads().run(id)).isPresent();

                Files.delete(ballast);
                Change after = start("1");
                assertThat(store.ledger().commit(after)).isInstanceOf(Receipt.Applied.class);
                acknowledged.add(after.run());
            }
            try (Opened store = Opened.in(folder, clock, ids)) {
                for (RunId id : acknowledged)
                    assertThat(store.ledger().reads().run(id)).isPresent();
            }
        } finally {
            assertThat(run("umount", folder.toString())).isZero();
        }
    }

    private Unavailable fill(Opened store, List<RunId> acknowledged) {
        for (int i = 0; i < 1_000; i++) {
            Change change = start("x".repeat(10_000));
            try {
                assertThat(store.ledger().commit(change)).isInstanceOf(Receipt.Applied.class);
                acknowledged.add(change.run());
            } catch (Unavailable e) {
                assertThat(store.ledger().reads().run(change.run())).isEmpty();
                return e;
            }
        }
        throw new AssertionError("the disk did not fill");
    }

    private void assertNotApplied(Rig rig, Change change, String code) {
        assertThatThrownBy(() -> rig.ledger.commit(change)).isInstanceOfSatisfying(Unavailable.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.indeterminate()).isFalse();
        });
        assertThat(rig.ledger.reads().run(change.run())).isEmpty();
        assertThat(rig.ledger.commit(change)).as("it goes on by itself").isInstanceOf(Receipt.Applied.class);
    }

    @Test
    void aDatabaseThatCannotBeWrittenIsSaidAndItGoesOnAfterwards() throws Exception {
        try (var rig = new Rig(folder, clock, ids)) {
            rig.readOnly.set(1);
            assertNotApplied(rig, start("1"), "ledger_read_only");
        }
    }

    @Test
    void aDatabaseThatCannotGrowIsAFullDiskAndItGoesOnAfterwards() throws Exception {
        try (var rig = new Rig(folder, clock, ids)) {
            rig.full.set(1);
            assertNotApplied(rig, start("x".repeat(100_000)), "disk_full");
        }
    }

    @Test
    void aTransactionThatFailsBeforeItsCommitIsNotApplied() throws Exception {
        try (var rig = new Rig(folder, clock, ids)) {
            rig.failInside.set(1);
            assertNotApplied(rig, start("1"), "ledger_failed");
        }
    }

    @Test
    void aCommitThatDidNotHappenIsNotApplied() throws Exception {
        try (var rig = new Rig(folder, clock, ids)) {
            rig.failBeforeCommit.set(1);
            assertNotApplied(rig, start("1"), "ledger_failed");
        }
    }

    @Test
    void aCommitThatDidNotHappenIsNotTakenForTheOneThatLooksForIt() throws Exception {
        try (var rig = new Rig(folder, clock, ids)) {
            // The batch is not written; the transaction that makes sure of that is, but its own answer is lost.
            rig.failBeforeCommit.set(1);
            rig.failAfterCommit.set(1);
            assertNotApplied(rig, start("1"), "ledger_failed");
        }
    }

    @Test
    void whatIsHandedInTogetherIsWrittenTogetherOrNotAtAll() throws Exception {
        try (var rig = new Rig(folder, clock, ids)) {
            // More than one transaction takes when many hand something in.
            var changes = Stream.generate(() -> start("1")).limit(2_500).toList();
            rig.failEveryCommitAfter.set(1);
            try {
                rig.ledger.commit(changes);
            } catch (Unavailable e) {
                assertThat(e.indeterminate()).isFalse();
            }
            rig.failEveryCommitAfter.set(-1);
            assertThat(changes.stream()
                            .filter(c -> rig.ledger.reads().run(c.run()).isPresent())
                            .count())
                    .isIn(0L, 2_500L);
        }
    }

    @Test
    void whoseFolderWasTakenOverWritesNothingAnyMore() throws Exception {
        try (Opened first = Opened.in(folder, clock, ids)) {
            Change before = start("1");
            assertThat(first.ledger().commit(before)).isInstanceOf(Receipt.Applied.class);
            // Somebody deletes the lock file; another process then finds the folder free.
            try (Session other = new Database(folder).forWriting()) {
                other.execute("INSERT INTO nodes (incarnation, pid, booted) VALUES (1, 1, 1)");
            }
            Change after = start("2");
            assertThatThrownBy(() -> first.ledger().commit(after)).isInstanceOfSatisfying(Unavailable.class, e -> {
                assertThat(e.code()).isEqualTo("data_folder_taken_over");
                assertThat(e.indeterminate()).isFalse();
            });
            assertThat(first.ledger().reads().run(after.run())).isEmpty();
        }
    }

    @Test
    void aCommitThatHappenedIsAnsweredAsSuchAlthoughItFailed() throws Exception {
        try (var rig = new Rig(folder, clock, ids)) {
            var changes = List.of(start("1"), start("2"));
            rig.failAfterCommit.set(1);
            assertThat(rig.ledger.commit(changes)).hasOnlyElementsOfType(Receipt.Applied.class);
            assertThat(rig.ledger.commit(changes))
                    .as("they were not done twice, and are there once")
                    .hasOnlyElementsOfType(Receipt.Stale.class);
        }
    }

    @Test
    void aDatabaseThatIsGoneForAMomentWhileItIsAskedIsAskedAgain() throws Exception {
        try (var rig = new Rig(folder, clock, ids)) {
            rig.failAfterCommit.set(1);
            rig.failToConnect.set(3);
            assertThat(rig.ledger.commit(start("1"))).isInstanceOf(Receipt.Applied.class);
        }
    }

    @Test
    void aCommitThatNobodyKnowsOfIsIndeterminateAndItsClaimsAreGivenBack() throws Exception {
        try (var rig = new Rig(folder, clock, ids)) {
            Change start = start("1");
            rig.ledger.commit(start);
            var claim = new Claim(rig.node, new Admission(Map.of("t", "1"), 1), 1);
            rig.failToConnect.set(1_000);
            rig.failAfterCommit.set(1);
            assertThatThrownBy(() -> rig.ledger.claim(claim))
                    .isInstanceOfSatisfying(
                            Unavailable.class,
                            e -> assertThat(e.indeterminate()).isTrue());
            assertThatThrownBy(() -> rig.ledger.commit(start("2"))).isInstanceOf(Unavailable.class);
            Run held = rig.ledger.reads().run(start.run()).orElseThrow();
            assertThat(held.fence().holder()).as("it was committed after all").isEqualTo(rig.node);

            rig.failToConnect.set(0);
            assertThat(rig.ledger.commit(start("3"))).isInstanceOf(Receipt.Applied.class);
            Run back = rig.ledger.reads().run(start.run()).orElseThrow();
            assertThat(back.state()).isEqualTo(RunState.QUEUED);
            assertThat(back.tries().losses()).as("nobody is blamed").isZero();
            assertThat(rig.ledger.claim(claim).getFirst().run().id()).isEqualTo(start.run());
        }
    }

    @Test
    void readersThatFailAreReplaced() throws Exception {
        try (Opened store = Opened.in(folder, clock, ids)) {
            Change start = start("1");
            store.ledger().commit(start);
            for (int i = 0; i < 20; i++) {
                assertThat(store.ledger().reads().run(start.run())).isPresent();
            }
        }
        try (var rig = new Rig(folder, clock, ids)) {
            for (int i = 0; i < 10; i++) {
                assertThatThrownBy(() -> rig.readers.read(
                                s -> s.sql("SELECT no_such_column FROM runs").any()))
                        .isInstanceOfSatisfying(
                                Unavailable.class,
                                e -> assertThat(e.indeterminate()).isFalse());
            }
            boolean any = rig.readers.read(s -> s.sql("SELECT 1 FROM runs").any());
            assertThat(any).isTrue();
            assertThatThrownBy(() ->
                            rig.readers.read(s -> s.sql("DELETE FROM runs").update()))
                    .as("a reader never writes")
                    .isInstanceOf(Unavailable.class);
        }
    }
}
