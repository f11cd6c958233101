package dev.holdfast.cli;

import dev.holdfast.engine.EngineOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a node hosts its tasks: the options of {@code dev} and {@code server} alike. */
final class Hosting {
    private static final int MOST_SLOTS = 10_000;

    @Option(
            names = "--slots",
            paramLabel = "N",
            description =
                    "How many runs it executes at once. More than the default only helps code that waits. Default: 4 for"
                            + " each core.")
    private @Nullable Integer slots;

    @Option(
            names = "--keep",
            paramLabel = "DAYS",
            defaultValue = "30",
            description =
                    "How many days runs are kept that have ended; then they are removed; in a cluster the same on all nodes."
                            + " Default: 30.")
    private int keep = 30;

    /** @throws Failure if it is no way to host anything */
    EngineOptions options() {
        if (keep < 1) throw Failure.usage("usage", "--keep is at least 1 day, and " + keep + " was given");
        var options = EngineOptions.defaults().retention(Duration.ofDays(keep));
        if (slots == null) return options;
        if (slots < 1 || slots > MOST_SLOTS) {
            throw Failure.usage("usage", "--slots is 1 to " + MOST_SLOTS + ", and " + slots + " was given");
        }
        return options.slots(slots);
    }
}
