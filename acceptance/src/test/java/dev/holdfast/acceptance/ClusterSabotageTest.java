package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.drills.JavaCommand;
import dev.holdfast.testkit.ProcessTest;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The drills of partitions, replicas and zombies say VIOLATED of the product without one of its guards. */
class ClusterSabotageTest {
    @RegisterExtension
    final Stage stage = new Stage();

    @ParameterizedTest
    @MethodSource("sabotages")
    @ProcessTest
    void without_a_guard_it_says_violated(Sabotage sabotage, String drilled, String finding) throws Exception {
        assertFound(stage, sabotage, drilled, finding);
    }

    /** The drill, without this guard, finds that. */
    static void assertFound(Stage stage, Sabotage sabotage, String drilled, String finding) throws Exception {
        var words = List.of(drilled.split(" ", -1));
        var command = ClusterDrillTest.command(words.getFirst(), words.subList(1, words.size()));
        command.addAll(List.of("--seed", "7"));
        var drill = DrillTest.drill(
                stage,
                JavaCommand.on(
                        sabotage.classPath(stage.folder()), ClusterDrillTest.MAIN, command.toArray(String[]::new)));

        Path evidence = DrillTest.violated(drill, finding);
        assertThat(evidence.resolve("diary.log")).exists();
    }

    /** What is taken out, and what the drill must find then. */
    static List<Arguments> sabotages() {
        var halt = new Sabotage(
                "node/src/main/java/dev/holdfast/node/ClusterNode.java",
                "if (options.overdue() == ClusterOptions.Overdue.HALT) {",
                "if (left.size() < 0) {");
        var ladder = new Sabotage(
                "postgres/src/main/java/dev/holdfast/postgres/ladder/Ladder.java",
                "return window.isPresent() && window.get().seq() >= need;",
                "return window.isPresent();");
        var primary = new Sabotage(
                "postgres/src/main/java/dev/holdfast/postgres/ladder/Ladder.java",
                "if (reached(first, need)) return first;",
                "if (reached(first, need)) { primary.snapshots(namespace, id, since); return first; }");
        var answer = new Sabotage(ladder.source(), ladder.guard(), "Runtime.getRuntime().halt(1); return false;");
        return List.of(
                Arguments.of(
                        Named.of("the end of a process whose code stays", halt), "partition --quick", "still executed"),
                Arguments.of(
                        Named.of("how far a replica has come", ladder),
                        "replica-lag --quick",
                        "told of more than the replica knows"),
                Arguments.of(
                        Named.of("a primary that is left alone", primary),
                        "replica-lag --quick",
                        "the primary was asked, by its own log"),
                Arguments.of(
                        Named.of("a node that lives when it is asked", answer),
                        "replica-lag --quick",
                        "a reader was not answered"));
    }

    /** Its user code may overlap then, as the docs say of a clock that stops; its records may not. */
    @Test
    @ProcessTest
    void what_a_zombie_writes_that_does_not_stop_itself_is_refused() throws Exception {
        var time = new Sabotage(
                "postgres/src/main/java/dev/holdfast/postgres/membership/Fence.java",
                "if (silent >= times.halt().toNanos()) return Stage.OVERDUE;",
                "if (silent >= 0) return Stage.SERVING;");
        // It hears of its death late, so that everything that it was at is written.
        var word = new Sabotage(
                "node/src/main/java/dev/holdfast/node/ClusterNode.java",
                "        tell(new Event.Dead(why));",
                "java.util.concurrent.locks.LockSupport.parkNanos(2_000_000_000L); tell(new Event.Dead(why));");
        var command = ClusterDrillTest.command("zombie", List.of("--quick")).toArray(String[]::new);

        JsonNode report = DrillTest.drill(
                        stage,
                        JavaCommand.on(Sabotage.classPath(stage.folder(), time, word), ClusterDrillTest.MAIN, command))
                .json();

        assertThat(report.path("violations").valueStream().map(JsonNode::asString))
                .allMatch(violation -> violation.matches(".*epochs overlap: step \\d+ of epoch \\d+ began .*"));
        assertThat(report.at("/figures/seen").valueStream().map(JsonNode::asString))
                .anyMatch(sentence -> sentence.contains("and came back as number"))
                .anyMatch(sentence -> sentence.matches("[1-9]\\d* of its attempts were refused what they wrote .*"));
    }
}
