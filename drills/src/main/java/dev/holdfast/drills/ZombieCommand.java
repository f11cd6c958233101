package dev.holdfast.drills;

import java.time.Duration;
import picocli.CommandLine.Command;

/** {@code holdfast drill zombie}. */
@Command(
        name = "zombie",
        description = {
            "Freezes one of several nodes with SIGSTOP for 30 s (--quick: 14 s): after ten seconds without a sign of life"
                    + " its runs go on elsewhere. Then it may go on (SIGCONT): nothing of what it was doing is recorded, and"
                    + " it joins again under a new number.",
            "",
            "It prints a timeline and a verdict: HELD or VIOLATED."
        },
        footer = {"", "Example:", "  holdfast drill zombie --quick"})
final class ZombieCommand extends ClusterCommand {
    private static final Duration FROZEN = Duration.ofSeconds(30);
    private static final Duration IN_SHORT = Duration.ofSeconds(14);

    @Override
    Fault fault(boolean inShort, int clients) {
        return new Zombie(inShort ? IN_SHORT : FROZEN);
    }
}
