package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.drills.JavaCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code holdfast bench} as a command of its own: it measures, writes what it was asked to, and cleans up. */
class BenchTest {
    @RegisterExtension
    final Stage stage = new Stage();

    @Test
    @ProcessTest
    void measures_and_writes_a_page() throws Exception {
        Path data = Files.createDirectory(stage.folder().resolve("data"));
        Path json = stage.folder().resolve("figures.json");
        Path report = stage.folder().resolve("report");
        Path out = stage.folder().resolve("bench.out");
        Path err = stage.folder().resolve("bench.err");
        Process process = new ProcessBuilder(JavaCommand.like(
                        "dev.holdfast.cli.Main",
                        "bench",
                        "latency",
                        "kill",
                        "--quick",
                        "--data",
                        data.toString(),
                        "--json",
                        json.toString(),
                        "--report",
                        report.toString()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("it ends").isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }

        assertThat(process.exitValue()).as(Files.readString(err)).isEqualTo(0);
        assertThat(err).content().contains("bench: round 3 of 3");
        assertThat(out).content().contains("no-op, one at a time", "kill until the next step is seen", "synchronous=2");
        JsonNode figures = JsonMapper.shared().readTree(Files.readString(json));
        assertThat(figures.path("command").asString()).isEqualTo("./holdfast bench latency kill --quick");
        assertThat(figures.path("lines").valueStream())
                .allSatisfy(line -> assertThat(line.path("median").asDouble())
                        .as(line.toString())
                        .isNotNegative());
        assertThat(report.resolve("sqlite.md")).exists();
        try (var left = Files.list(data)) {
            assertThat(left).as("data folders").isEmpty();
        }
    }
}
