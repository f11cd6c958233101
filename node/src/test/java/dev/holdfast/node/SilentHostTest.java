package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.sdk.Task;
import dev.holdfast.testkit.ProcessTest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A node in a process of its own that is frozen for less long than it may be silent. */
@ProcessTest
final class SilentHostTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    /** From then on nothing is left to it. */
    private static final Duration SILENT = Duration.ofSeconds(3);

    private static final Task<String, String> PARENT = Task.named("parent", String.class, String.class);

    @Test
    void whatOnlyASilentNodeHostsIsStartedAllTheSame() throws Exception {
        try (var database = TestDatabase.fresh();
                var host = NodeProcess.start(database.url().toString(), "host").awaitReady();
                var node = Holdfast.cluster(
                        ClusterOptions.at(database.url().toString()),
                        NodeOptions.defaults(),
                        List.of(PARENT.handle((ctx, input) -> ctx.call(ClusterProgram.WORK, input))))) {
            host.signal("STOP");
            await("it is silent")
                    .atMost(LONG)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> node.ring().nodes().stream()
                            .anyMatch(each -> each.silent().compareTo(SILENT) >= 0));
            var run = node.start(PARENT, "p");
            await("its child waits")
                    .atMost(LONG)
                    .until(() -> !database.server()
                            .query(database.name(), "SELECT 1 FROM holdfast.runs WHERE parent IS NOT NULL")
                            .isEmpty());
            host.signal("CONT");
            assertThat(run.join(LONG)).contains("p");
        }
    }
}
