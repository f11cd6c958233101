package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.bench.Sleepers;
import dev.holdfast.testkit.ProcessTest;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A run that sleeps is a row in the ledger: no thread waits for it, and nothing in memory knows of it. */
@ProcessTest
class SleepersTest {
    private static final int MANY = 100_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @RegisterExtension
    final Stage stage = new Stage();

    @Test
    void a_hundred_thousand_sleepers_cost_rows(TestReporter reporter) throws Exception {
        Path many = stage.folder().resolve("many");
        var before = Sleepers.in(stage.folder().resolve("none"), 0, PATIENCE);
        var filled = Sleepers.in(many, MANY, PATIENCE);
        var after = Sleepers.in(many, 0, PATIENCE);
        reporter.publishEntry("nobody sleeps", before.toString());
        reporter.publishEntry(MANY + " sleep, all started here", filled.toString());
        reporter.publishEntry(MANY + " sleep since an earlier process", after.toString());
        assertThat(after.resident() - before.resident()).as("megabytes").isLessThan(300);
        assertThat(after.threads()).isLessThanOrEqualTo(before.threads() + 2);
        assertThat(filled.objects()).as("of any class of ours").isLessThan(MANY / 10);
        assertThat(after.objects()).as("of any class of ours").isLessThan(1_000);
        assertThat(after.millis() - before.millis()).as("milliseconds more").isLessThan(3_000);
    }
}
