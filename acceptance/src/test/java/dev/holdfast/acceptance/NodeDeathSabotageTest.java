package dev.holdfast.acceptance;

import dev.holdfast.testkit.ProcessTest;
import java.util.List;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The drill of nodes that die says VIOLATED of the product without one of its guards. */
class NodeDeathSabotageTest {
    @RegisterExtension
    final Stage stage = new Stage();

    @ParameterizedTest
    @MethodSource("sabotages")
    @ProcessTest
    void without_a_guard_it_says_violated(Sabotage sabotage, String drilled, String finding) throws Exception {
        ClusterSabotageTest.assertFound(stage, sabotage, drilled, finding);
    }

    /** What is taken out, and what the drill must find then. */
    static List<Arguments> sabotages() {
        var requests = new Sabotage(
                "postgres/src/main/java/dev/holdfast/postgres/Judge.java",
                "Receipt first = request == null ? null : scene.requests().seenBefore(request);",
                "Receipt first = null;");
        var fence = new Sabotage(
                "core/src/main/java/dev/holdfast/core/Fence.java",
                "return new Fence(epoch + 1,",
                "return new Fence(Math.max(1, epoch),");
        var living = new Sabotage(
                "postgres/src/main/java/dev/holdfast/postgres/PgLedger.java",
                "SELECT + \" WHERE holder_number IS NOT NULL AND NOT EXISTS (SELECT 1 FROM nodes n\"",
                "SELECT + \" WHERE holder_number IS NOT NULL AND EXISTS (SELECT 1 FROM nodes n\"");
        var neighbour = new Sabotage(
                "postgres/src/main/java/dev/holdfast/postgres/membership/WatchLoop.java",
                "if (next.isEmpty()) {",
                "if (next.isEmpty() || !ended.contains(next.get().number())) {");
        // One kill is enough to find it, and what is broken may hold up everything after that.
        String oneKill = "node-death --kills 1";
        return List.of(
                Arguments.of(Named.of("the request that was seen before", requests), oneKill, "has 2 runs"),
                Arguments.of(Named.of("the epoch that grows", fence), oneKill, "did not grow when it was"),
                Arguments.of(Named.of("only the dead lose what they hold", living), oneKill, "epochs overlap"),
                Arguments.of(
                        Named.of("whoever waits for the death of the next one", neighbour),
                        "node-death --kills 3 --nodes 2 --calm 0",
                        "the ring does not watch them"));
    }
}
