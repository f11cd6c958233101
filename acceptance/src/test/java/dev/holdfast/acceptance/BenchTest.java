package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.drills.JavaCommand;
import dev.holdfast.testkit.ProcessTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        Path json = stage.folder().resolve("figures.json");
        Path report = stage.folder().resolve("report");
        bench("latency", "kill", "--quick", "--json", json.toString(), "--report", report.toString());

        assertThat(err()).content().contains("bench: round 3 of 3");
        assertThat(out())
                .content()
                .contains("no-op, one at a time", "kill until the next step is seen", "synchronous=2");
        JsonNode figures = JsonMapper.shared().readTree(Files.readString(json));
        assertThat(figures.path("command").asString()).isEqualTo("./holdfast bench latency kill --quick");
        assertThat(figures.path("lines").valueStream())
                .allSatisfy(line -> assertThat(line.path("median").asDouble())
                        .as(line.toString())
                        .isNotNegative());
        assertThat(report.resolve("sqlite.md")).exists();
    }

    /** The one that does everything soonest: all of them do it by the same program. */
    @Test
    @ProcessTest
    void measures_a_peer_on_a_server_of_its_own() throws Exception {
        Path report = stage.folder().resolve("report");
        bench("peers", "db-scheduler", "--quick", "--report", report.toString());

        assertThat(err()).content().contains("bench: building the programs of the peers", "bench: kill: db-scheduler");
        assertThat(out()).content().contains("PostgreSQL: fsync: on", "PostgreSQL: synchronous_commit: on");
        JsonNode lines = JsonMapper.shared()
                .readTree(Files.readString(report.resolve("peers.json")))
                .at("/peers/0/lines");
        assertThat(lines.valueStream().map(line -> line.path("load").asString()).distinct())
                .hasSize(7);
        assertThat(lines.valueStream()
                        .filter(line -> line.path("name").asString().equals("runs")))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line.path("median").asDouble()).isPositive());
        assertThat(lines.valueStream()
                        .filter(line -> line.path("name").asString().startsWith("until another process")))
                .as("it is found dead after four heartbeats of a second")
                .singleElement()
                .satisfies(line -> assertThat(line.path("median").asDouble()).isBetween(1.0, 20.0));
    }

    private Path out() {
        return stage.folder().resolve("bench.out");
    }

    private Path err() {
        return stage.folder().resolve("bench.err");
    }

    /** Runs it to its end, which is a good one, and looks that nothing is left where it worked. */
    private void bench(String... words) throws Exception {
        Path data = Files.createDirectory(stage.folder().resolve("data"));
        var all = new ArrayList<>(List.of("bench"));
        all.addAll(List.of(words));
        all.addAll(List.of("--data", data.toString()));
        Process process = new ProcessBuilder(JavaCommand.like("dev.holdfast.cli.Main", all.toArray(String[]::new)))
                .redirectOutput(out().toFile())
                .redirectError(err().toFile())
                .start();
        try {
            assertThat(process.waitFor(4, TimeUnit.MINUTES)).as("it ends").isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(err())).isEqualTo(0);
        try (var left = Files.list(data)) {
            assertThat(left).as("data folders").isEmpty();
        }
    }
}
