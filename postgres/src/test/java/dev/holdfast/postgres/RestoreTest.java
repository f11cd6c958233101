package dev.holdfast.postgres;

import static org.awaitility.Awaitility.await;

import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import dev.holdfast.postgres.membership.Takeover;
import dev.holdfast.testkit.ProcessTest;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that was restored knows of nodes that are somewhere else. */
@ProcessTest
class RestoreTest {
    @Test
    void whoIsInABackupIsFoundDeadInWhatWasRestored(@TempDir Path folder) throws Exception {
        try (var original = LocalPostgres.start(folder.resolve("original"), Settings.standard())) {
            original.createDatabase("mine");
            try (var cluster = open(original);
                    var old = cluster.join("old", "", new Quiet());
                    var restored = Pair.copy(original, folder.resolve("restored"));
                    var there = open(restored);
                    var survivor = there.join("new", "", new Quiet())) {
                long lost = old.membership().node().number();
                await("it is found dead")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> survivor.membership().takeovers(9).stream()
                                .map(Takeover::node)
                                .anyMatch(node -> node.number() == lost));
            }
        }
    }

    private static PgCluster open(LocalPostgres server) {
        return PgCluster.open(new PostgresOptions(server.url("mine").toString()), Pair.PORTS);
    }
}
