package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.LimitsTable;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.node.ClusterOptions;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.NodeOptions;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Task;
import dev.holdfast.server.Server;
import dev.holdfast.server.ServerOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** What {@code holdfast doctor} says of a node that is there, and of what is wrong. */
class DoctorTest {
    private static final Task<Object, Void> NOOP = Task.named("noop", Object.class, Void.class);
    private static final Task<Object, Void> GONE = Task.named("gone", Object.class, Void.class);

    @TempDir
    Path folder;

    private static String examine(int exit, Object... arguments) {
        var out = new StringWriter();
        String[] words = new String[arguments.length + 1];
        words[0] = "doctor";
        for (int i = 0; i < arguments.length; i++) words[i + 1] = arguments[i].toString();
        assertThat(Main.run(words, new PrintWriter(out), new PrintWriter(out)))
                .as("%s", out)
                .isEqualTo(exit);
        return out.toString();
    }

    @Test
    void aNodeIsLookedAtBesideItsServer() {
        try (Holdfast first = Holdfast.open(folder, Handler.of(GONE, (ctx, input) -> Thread.sleep(60_000)))) {
            first.start(GONE, "1");
        }
        try (var server = Server.open(ServerOptions.onPort(0));
                var holdfast = Holdfast.open(folder, Handler.of(NOOP, (ctx, input) -> {}))) {
            server.serve(holdfast);
            assertThat(examine(0, "--data", folder, "--url", server.url()))
                    .contains("is ready", "journal_mode=wal, synchronous=2", "is sound and has 1 runs")
                    .contains("in use by process " + ProcessHandle.current().pid())
                    .contains("1 runs of task 'gone' wait, which nothing here hosts")
                    .doesNotContain("BAD");
        }
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "HOLDFAST_TESTS", matches = "all", disabledReason = "slow")
    void aNodeOfAClusterIsAskedForTheSettingsOfItsDatabase() {
        try (var database = TestDatabase.fresh();
                var server = Server.open(ServerOptions.onPort(0));
                var holdfast = Holdfast.cluster(
                        ClusterOptions.at(database.url().toString()),
                        NodeOptions.defaults(),
                        List.of(Handler.of(NOOP, (ctx, input) -> {})))) {
            server.serve(holdfast);
            assertThat(examine(0, "--data", folder, "--url", server.url()))
                    .contains("fsync=on, full_page_writes=on, synchronous_commit=on")
                    .doesNotContain("SQLite", "BAD");
        }
    }

    @Test
    void aDatabaseThatMayForgetWhatItHasAnsweredIsBad() {
        Json settings = Json.parse("{\"fsync\":\"off\",\"full_page_writes\":\"on\",\"synchronous_commit\":\"on\"}");

        Finding found = ServerChecks.durability(settings);

        assertThat(found.state()).isEqualTo(Finding.State.BAD);
        assertThat(found.fix()).contains("switch on fsync").doesNotContain("full_page_writes");
    }

    @Test
    void aDamagedLedgerIsBad() throws Exception {
        Files.writeString(folder.resolve("holdfast.db"), "this is no database. ".repeat(1_000));
        assertThat(examine(1, "--data", folder, "--url", "http://127.0.0.1:1"))
                .contains("BAD   database", "database_corrupt", "restore the newest backup");
    }

    @Test
    void whatTheFolderLiesOnIsToldFromADiskOfThisMachine() {
        assertThat(FolderChecks.type("nfs4").state()).isEqualTo(Finding.State.HINT);
        assertThat(FolderChecks.type("fuse.sshfs").state()).isEqualTo(Finding.State.HINT);
        assertThat(FolderChecks.type("ext4").state()).isEqualTo(Finding.State.OK);
    }

    @Test
    void littleSpaceIsAHintAndHardlyAnyIsBad() {
        assertThat(FolderChecks.space(1_000_000_000, folder).state()).isEqualTo(Finding.State.OK);
        assertThat(FolderChecks.space(999_999_999, folder).state()).isEqualTo(Finding.State.HINT);
        assertThat(FolderChecks.space(99_999_999, folder).state()).isEqualTo(Finding.State.BAD);
    }

    @Test
    void theLimitsAreThoseOfThePage() {
        var out = new StringWriter();
        Main.run(new String[] {"limits"}, new PrintWriter(out), new PrintWriter(out));
        assertThat(out.toString()).isEqualTo(LimitsTable.markdown());
    }
}
