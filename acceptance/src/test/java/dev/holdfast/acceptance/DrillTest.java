package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.drills.JavaCommand;
import dev.holdfast.testkit.ProcessTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** {@code holdfast drill crash}: says HELD of the product, and VIOLATED of the product without one of its guards. */
class DrillTest {
    private static final String MAIN = "dev.holdfast.cli.Main";

    @RegisterExtension
    final Stage stage = new Stage();

    /** The one drill of a process that always runs. */
    @Test
    @ProcessTest
    void a_short_drill_holds() throws Exception {
        assertHolds(Store.SQLITE);
    }

    @Test
    @ProcessTest
    void a_short_drill_holds_on_postgres() throws Exception {
        assertHolds(Store.POSTGRES);
    }

    private void assertHolds(Store store) throws Exception {
        var drill = drill(
                stage,
                JavaCommand.like(
                        MAIN, "drill", "crash", "--store", store.name(), "--runs", "1", "--kills", "2", "--json"));

        JsonNode report = drill.ok().json();

        assertThat(report.path("verdict").asString()).isEqualTo("HELD");
        assertThat(report.path("violations")).isEmpty();
        assertThat(report.at("/figures/kills").asInt()).isEqualTo(2);
        assertThat(report.at("/figures/work/mostEpochs").asInt()).isGreaterThan(1);
        assertThat(report.at("/timeline/lives")).hasSize(3);
    }

    @Test
    @ProcessTest
    void a_whole_drill_holds_and_draws_its_picture() throws Exception {
        var drill = drill(stage, JavaCommand.like(MAIN, "drill", "crash", "--seed", "7"))
                .ok();

        assertThat(drill.out()).contains("seed 7", " HELD ", "kill -9").doesNotContain("VIOLATED", "\u001b");
        assertThat(drill.out().lines().filter(l -> l.strip().startsWith("run ")))
                .hasSize(3);
    }

    @ParameterizedTest
    @MethodSource("sabotages")
    @ProcessTest
    void without_a_guard_it_says_violated(Sabotage sabotage, String finding) throws Exception {
        String classPath = sabotage.classPath(stage.folder());

        var drill = drill(
                stage,
                JavaCommand.on(
                        classPath, MAIN, "drill", "crash", "--runs", "2", "--kills", "3", "--seed", "7", "--json"));

        Path evidence = violated(drill, finding);
        Stage.copy(evidence, stage.folder().resolve("drill"));
        assertThat(evidence.resolve("server.log")).exists();
    }

    /** A drill that has found this; where it has kept what it saw. */
    static Path violated(Cli.Result drill, String finding) {
        JsonNode report = drill.code(1).json();
        assertThat(report.path("verdict").asString()).isEqualTo("VIOLATED");
        assertThat(report.path("violations").valueStream().map(JsonNode::asString))
                .as("what it found")
                .anyMatch(sentence -> sentence.contains(finding));
        Path evidence = Path.of(report.path("evidence").asString());
        assertThat(evidence.resolve("report.json")).exists();
        return evidence;
    }

    /** What is taken out, and what the drill must find then. */
    static List<Arguments> sabotages() {
        var fence = new Sabotage(
                "core/src/main/java/dev/holdfast/core/Fence.java",
                "return new Fence(epoch + 1,",
                "return new Fence(Math.max(1, epoch),");
        var rewind = new Sabotage(
                "engine/src/main/java/dev/holdfast/engine/Opening.java",
                "drop = Standing.drop(outline, history.steps());",
                "drop = List.of();");
        return List.of(
                Arguments.of(Named.of("the epoch that grows", fence), "did not grow when it was"),
                Arguments.of(Named.of("the rewind of a new epoch", rewind), "twice"));
    }

    /** Runs a drill to its end; it keeps its folders in that of the test. */
    static Cli.Result drill(Stage stage, List<String> command) throws IOException, InterruptedException {
        Path out = stage.folder().resolve("drill.out");
        Path err = stage.folder().resolve("drill.err");
        var builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        // Where a drill keeps its folder, so that nothing is left of it behind this test.
        builder.environment().put("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + stage.folder());
        Process process = builder.start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES))
                    .as("the drill ends")
                    .isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return new Cli.Result("drill", process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
