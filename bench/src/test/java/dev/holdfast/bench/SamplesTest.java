package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SamplesTest {
    @Test
    void a_percentile_is_one_of_the_values() {
        var even = new Samples();
        var odd = new Samples();
        for (int i = 1; i <= 5_000; i++)
            (i % 2 == 0 ? even : odd).add(Duration.ofMillis(i).toNanos());

        var all = Samples.merged(List.of(even, odd));

        assertThat(all.count()).isEqualTo(5_000);
        assertThat(all.millis(0.5)).isEqualTo(2_500);
        assertThat(all.millis(0.99)).isEqualTo(4_950);
        assertThat(all.millis(1)).isEqualTo(5_000);
        assertThat(new Samples().millis(0.5)).isNaN();
    }

    @Test
    void the_median_batch_is_of_batches_and_not_of_changes() {
        var trial = new Trial(
                new Clients.Done(1, Duration.ofSeconds(1)), Map.of(1, 3L, 10, 1L, 500, 2L), new Usage(0, 0), 0, 0);

        assertThat(trial.batchSize(0.5)).isEqualTo(1);
        assertThat(trial.batchSize(0.6)).isEqualTo(10);
        assertThat(trial.batchSize(0.9)).isEqualTo(500);
    }

    @Test
    void the_median_of_rounds_is_one_of_them() {
        var sheet = new Sheet();
        var line = new Line("load", "name", Unit.COUNT);
        for (double value : new double[] {3, 1, 2}) sheet.add(line, value);

        assertThat(sheet.median(line)).isEqualTo(2);
        assertThat(sheet.median(new Line("load", "other", Unit.COUNT))).isNaN();
    }
}
