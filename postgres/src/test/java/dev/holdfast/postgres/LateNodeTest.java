package dev.holdfast.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.RunId;
import dev.holdfast.engine.system.SystemIds;
import dev.holdfast.localpg.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node that joins when others wait for hints already. */
@Timeout(60)
final class LateNodeTest {
    /** More than one notification has room for. */
    private static final int RUNS = 500;

    @Test
    void whoJoinsLateTellsOfRunsForWhichOthersWaitedBefore() {
        var ids = new SystemIds();
        try (var database = TestDatabase.fresh();
                var early = PgCluster.open(new PostgresOptions(database.url().toString()), Pair.PORTS);
                var late = PgCluster.open(new PostgresOptions(database.url().toString()), Pair.PORTS)) {
            var first = early.join("early", "", new Quiet());
            List<RunId> runs = new ArrayList<>();
            Set<RunId> heard = ConcurrentHashMap.newKeySet();
            for (int i = 0; i < RUNS; i++) {
                var run = RunId.of(ids.next());
                runs.add(run);
                early.hints().onChange(run, () -> heard.add(run));
            }
            var second = late.join("late", "", new Quiet());

            await("they are heard of").atMost(Duration.ofSeconds(20)).until(() -> {
                for (RunId run : runs) if (!heard.contains(run)) late.hints().changed(run);
                return heard.size() == RUNS;
            });
            assertThat(heard).hasSize(RUNS);
            second.leave();
            first.leave();
        }
    }
}
