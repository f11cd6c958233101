package dev.holdfast.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.engine.Admission;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.sql.Session;
import dev.holdfast.testkit.Changes;
import dev.holdfast.testkit.ManualClock;
import dev.holdfast.testkit.SeededIds;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many snapshots are kept. */
final class SnapshotsTest {
    @TempDir
    Path folder;

    @Test
    void aRunThatLivesLongKeepsItsNewestSnapshots() throws Exception {
        var clock = new ManualClock();
        var ids = new SeededIds(1, clock);
        try (Opened store = Opened.in(folder, clock, ids)) {
            Change start = Changes.start(ids, store.ledger().now(), "1");
            store.ledger().commit(start);
            var claim = new Claim(store.node(), new Admission(Map.of("t", "1"), 1), 1);
            for (int i = 0; i < 250; i++) {
                Run held = store.ledger().claim(claim).getFirst().run();
                store.ledger().commit(Changes.release(ids, store.ledger().now(), held));
            }
            try (Session session = new Database(folder).forReading()) {
                assertThat(session.sql("SELECT count(*) FROM snapshots").single())
                        .isBetween(200L, 300L);
            }
            var window = store.ledger()
                    .reads()
                    .snapshots(Namespace.DEFAULT, start.run(), 1)
                    .orElseThrow();
            assertThat(window.snapshots().getLast().seq()).isEqualTo(501);
            assertThat(window.floor()).as("where it is served from").isEqualTo(301);
            assertThat(window.omitted()).isEqualTo(450);
        }
    }
}
