package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code holdfast bench streams}, with a node of its own, for a second. */
@EnabledIfEnvironmentVariable(named = "HOLDFAST_TESTS", matches = "all", disabledReason = "slow")
class StreamsCommandTest {
    private static final StreamScale MOMENT = new StreamScale(1, Duration.ofMillis(500), Duration.ofSeconds(1), 1);
    private static final String FLOOD = "two producers";
    private static final String PACE = "five watchers of each of two";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    private int streams(String... arguments) {
        List<StreamLoad> loads = List.of(new StreamLoad.Flood(FLOOD, 2, 500), new StreamLoad.Pace(PACE, 2, 5, 20_000));
        return new CommandLine(new StreamsCommand(loads, MOMENT))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    @Test
    @Timeout(60)
    void everyChunkReachesItsWatcherSoon() throws Exception {
        Path json = folder.resolve("figures.json");
        Path report = folder.resolve("report");
        Path data = Files.createDirectory(folder.resolve("data"));
        int code =
                streams("sqlite", "--data", data.toString(), "--json", json.toString(), "--report", report.toString());

        assertThat(code).as("%s", err).isZero();
        assertThat(out.toString()).contains(FLOOD, PACE, "SQLite");
        JsonNode figures = JsonMapper.shared().readTree(Files.readString(json));
        assertThat(figure(figures, FLOOD, StreamLoad.CHUNKS)).isBetween(10.0, 1e7);
        assertThat(figure(figures, FLOOD, StreamLoad.P50)).isBetween(0.0, 10_000.0);
        assertThat(figure(figures, PACE, StreamLoad.CHUNKS)).as("of 500").isBetween(250.0, 600.0);
        assertThat(figure(figures, PACE, "of those that were sent")).isBetween(0.5, 1.2);
        double median = figure(figures, PACE, StreamLoad.P50);
        assertThat(median).isBetween(0.001, 2_000.0);
        assertThat(figure(figures, PACE, StreamLoad.P99)).isGreaterThanOrEqualTo(median);
        try (var pages = Files.list(report)) {
            assertThat(pages.map(page -> page.getFileName().toString())).contains("streams.md");
        }
        try (var left = Files.list(data)) {
            assertThat(left).as("data folders").isEmpty();
        }
    }

    @Test
    void a_log_that_is_not_there_is_told_with_those_that_are() {
        assertThat(streams("kafka")).isEqualTo(2);
        assertThat(err.toString()).contains("'kafka'", "sqlite, postgres");
    }

    private static double figure(JsonNode figures, String load, String name) {
        for (JsonNode line : figures.path("lines")) {
            boolean is = line.path("load").asString().startsWith(load + ";")
                    && line.path("name").asString().equals(name);
            if (is) return line.path("median").asDouble();
        }
        throw new AssertionError("there is no " + name + " of " + load + " in " + figures);
    }
}
