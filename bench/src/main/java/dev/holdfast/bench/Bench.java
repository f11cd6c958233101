package dev.holdfast.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;

/** Does what is to be measured, in rounds. */
final class Bench {
    static final List<Measure> ALL = List.of(
            new NoopRuns(),
            new OneByOne(),
            new StepRuns(),
            new Fanouts(),
            new Sleeping(),
            new Discarding(),
            new Kills());

    private final Setting setting;
    private final List<Measure> chosen;
    private final Consumer<String> progress;

    Bench(Setting setting, List<Measure> chosen, Consumer<String> progress) {
        this.setting = setting;
        this.chosen = chosen;
        this.progress = progress;
    }

    /** Everything once, for a short while, so that the compiler has seen it. What has a process of its own warms up itself. */
    void warmUp() throws IOException, SQLException, InterruptedException {
        for (Measure each : chosen) {
            if (each.how() == Measure.How.ONCE) continue;
            progress.accept("warming up: " + each.what());
            each.round(setting.warmingUp(), new Sheet());
        }
    }

    Sheet measure() throws IOException, SQLException, InterruptedException {
        var sheet = new Sheet();
        int rounds = setting.scale().rounds();
        for (int round = 1; round <= rounds; round++) {
            for (Measure each : chosen) {
                if (each.how() == Measure.How.ONCE && round > 1) continue;
                progress.accept("round " + round + " of " + rounds + ": " + each.what());
                each.round(setting, sheet);
            }
        }
        return sheet;
    }
}
