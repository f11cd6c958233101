package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.engine.EngineOptions;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.sdk.RunHandle;
import dev.holdfast.testkit.ProcessTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Nodes in processes of their own, one of which is killed. */
@ProcessTest
final class ClusterKillTest {
    private static final TestDatabase DATABASE = TestDatabase.fresh();
    private static final int RUNS = 60;

    @AfterAll
    static void drop() {
        DATABASE.close();
    }

    @Test
    void whatAKilledNodeExecutedGoesOnElsewhereAtTheFirstUnrecordedStep() throws InterruptedException {
        String url = DATABASE.url().toString();
        try (var one = NodeProcess.start(url, "one");
                var two = NodeProcess.start(url, "two");
                var client = Holdfast.cluster(
                        ClusterOptions.at(url).label("client"),
                        NodeOptions.defaults().engine(EngineOptions.defaults().slots(0)),
                        List.of(ClusterProgram.handler(line -> {})))) {
            one.awaitReady();
            two.awaitReady();
            var runs = new ArrayList<RunHandle<String>>();
            for (int i = 0; i < RUNS; i++) runs.add(client.start(ClusterProgram.WORK, "r" + i));
            await("both execute").atMost(Duration.ofSeconds(30)).until(() -> {
                // One may have done the others before the other one has begun.
                runs.add(client.start(ClusterProgram.WORK, "r" + runs.size()));
                return one.did().size() > 20 && two.did().size() > 20;
            });
            // So that much is under way, whatever it took until both had begun.
            for (int i = 0; i < RUNS; i++) runs.add(client.start(ClusterProgram.WORK, "r" + runs.size()));

            long killed = System.nanoTime() / 1_000;
            one.kill();

            for (int i = 0; i < runs.size(); i++) assertThat(runs.get(i).join()).isEqualTo("r" + i);
            var before = new HashMap<String, Integer>();
            for (var each : one.did()) before.merge(each.run(), each.step(), Math::max);
            long first = Long.MAX_VALUE;
            for (var each : two.did()) {
                if (each.epoch() == 1) continue;
                first = Math.min(first, each.micros());
                assertThat(each.step())
                        .as("%s goes on where it was", each.run())
                        .isGreaterThanOrEqualTo(before.getOrDefault(each.run(), 1));
            }
            System.out.printf("killed to resumed: %.1f ms%n", (first - killed) / 1000.0);
            assertOnce(two.did(), before);
        }
    }

    private static void assertOnce(List<NodeProcess.Did> did, Map<String, Integer> before) {
        var steps = new HashMap<String, Integer>();
        for (var each : did) {
            Integer last = steps.put(each.run(), each.step());
            if (last != null) assertThat(each.step()).as(each.run()).isEqualTo(last + 1);
        }
        assertThat(before).isNotEmpty();
    }
}
