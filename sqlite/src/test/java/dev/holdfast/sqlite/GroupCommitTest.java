package dev.holdfast.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.port.LedgerFigures;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.system.SystemClock;
import dev.holdfast.engine.system.SystemIds;
import dev.holdfast.testkit.Changes;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many callers share one commit. */
final class GroupCommitTest {
    @TempDir
    Path folder;

    @Test
    void fiftyClientsShareTheirCommits() throws Exception {
        var ids = new SystemIds();
        var clock = new SystemClock();
        try (Opened store = Opened.in(folder, clock, ids);
                var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Boolean> client = () -> {
                for (int i = 0; i < 100; i++) {
                    if (!(store.ledger().commit(Changes.start(ids, clock.now(), "1")) instanceof Receipt.Applied)) {
                        return false;
                    }
                }
                return true;
            };
            for (var one :
                    pool.invokeAll(IntStream.range(0, 50).mapToObj(i -> client).toList())) {
                assertThat(one.get()).isTrue();
            }
            LedgerFigures figures = store.ledger().figures();
            assertThat(figures.changes()).isEqualTo(5_000);
            assertThat(figures.changes() / figures.batches())
                    .as("changes of a batch: %s", figures.batchSizes())
                    .isGreaterThan(16);
            assertThat(figures.durability())
                    .containsEntry("journal_mode", "wal")
                    .containsEntry("synchronous", "2")
                    .containsEntry("wal_autocheckpoint", "4000");
        }
    }
}
