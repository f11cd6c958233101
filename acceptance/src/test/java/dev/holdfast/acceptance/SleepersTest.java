package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.drills.JavaCommand;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A run that sleeps is a row in the ledger: no thread waits for it, and nothing in memory knows of it. */
@ProcessTest
class SleepersTest {
    private static final int MANY = 100_000;

    @RegisterExtension
    final Stage stage = new Stage();

    /** What a process says of itself when all its runs sleep. */
    private record Cost(long millis, long threads, long resident, long heap, long objects) {}

    @Test
    void a_hundred_thousand_sleepers_cost_rows(TestReporter reporter) throws Exception {
        Path none = stage.folder().resolve("none");
        Path many = stage.folder().resolve("many");
        Cost before = tell(none, 0);
        Cost filled = tell(many, MANY);
        Cost after = tell(many, 0);
        reporter.publishEntry("nobody sleeps", before.toString());
        reporter.publishEntry(MANY + " sleep, all started here", filled.toString());
        reporter.publishEntry(MANY + " sleep since an earlier process", after.toString());
        assertThat(after.resident() - before.resident()).as("megabytes").isLessThan(300);
        assertThat(after.threads()).isLessThanOrEqualTo(before.threads() + 2);
        assertThat(filled.objects()).as("of any class of ours").isLessThan(MANY / 10);
        assertThat(after.objects()).as("of any class of ours").isLessThan(1_000);
        assertThat(after.millis() - before.millis()).as("milliseconds more").isLessThan(3_000);
    }

    private Cost tell(Path data, int start) throws Exception {
        var process = new ProcessBuilder(JavaCommand.like(Sleepers.class.getName(), data.toString(), "" + start))
                .redirectError(stage.folder().resolve("sleepers.log").toFile())
                .start();
        try (var out = process.inputReader()) {
            String line = out.readLine();
            assertThat(line).as("what it says").isNotNull();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
            String[] parts = line.split(" ", -1);
            long objects = Long.parseLong(parts[4].substring(parts[4].indexOf('=') + 1));
            return new Cost(
                    Long.parseLong(parts[0]),
                    Long.parseLong(parts[1]),
                    Long.parseLong(parts[2]),
                    Long.parseLong(parts[3]),
                    objects);
        } finally {
            process.destroyForcibly();
        }
    }
}
