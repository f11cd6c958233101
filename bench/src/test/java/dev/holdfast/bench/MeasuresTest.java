package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each measure once, as small as it can be: whether it measures something, and never how fast. */
@EnabledIfEnvironmentVariable(named = "HOLDFAST_TESTS", matches = "all", disabledReason = "slow")
class MeasuresTest {
    private static final Scale TINY = new Scale(2, Duration.ofMillis(60), Duration.ofMillis(20), 20, 1);

    @TempDir
    Path data;

    /** Kills start the whole command, which is not on this class path: acceptance has them. */
    static Stream<Measure> measures() {
        return Bench.ALL.stream().filter(m -> !(m instanceof Kills));
    }

    @ParameterizedTest
    @MethodSource("measures")
    void measures_something_and_leaves_nothing_behind(Measure measure) throws Exception {
        try (var folders = new Folders(data)) {
            var setting = new Setting(TINY, folders, Template.learn(folders.fresh()), 50);
            var said = new ArrayList<String>();
            var bench = new Bench(setting, List.of(measure), said::add);

            bench.warmUp();
            Sheet sheet = bench.measure();

            assertThat(sheet.lines()).isNotEmpty();
            assertThat(sheet.lines()).allSatisfy(line -> {
                assertThat(sheet.of(line))
                        .as("%s", line)
                        .hasSize(measure.how() == Measure.How.ONCE ? 1 : TINY.rounds());
                assertThat(sheet.median(line)).as("%s", line).isFinite();
            });
            assertThat(sheet.lines().stream().filter(l -> l.unit() == Unit.PER_SECOND || l.unit() == Unit.RATIO))
                    .allSatisfy(line ->
                            assertThat(sheet.median(line)).as("%s", line).isPositive());
            assertThat(said).contains("round 1 of 2: " + measure.what());
        }
        try (var left = Files.list(data)) {
            assertThat(left).as("data folders").isEmpty();
        }
    }

    @Test
    void the_floor_is_measured_at_the_batch_that_was_observed() throws Exception {
        try (var folders = new Folders(data)) {
            var setting = new Setting(TINY, folders, Template.learn(folders.fresh()), 50);
            var sheet = new Sheet();

            new NoopRuns().round(setting, sheet);

            int batch = (int) sheet.median(NoopRuns.batch(NoopRuns.CLIENTS));
            var line = new Line(NoopRuns.FLOOR_AT_BATCH.load(), "runs begun and ended per transaction", Unit.COUNT);
            assertThat(sheet.median(line))
                    .isEqualTo(Math.max(1.0, Math.rint((double) batch / NoopRuns.CHANGES_PER_RUN)));
        }
    }
}
