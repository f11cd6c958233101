package dev.holdfast.drills;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code holdfast drill stream-takeover}. */
@Command(
        name = "stream-takeover",
        description = {
            "Lets a node die while what it executes sends: runs that send in steps, between steps, in parallel steps, whose next"
                    + " attempt fails or sends nothing, or that are cancelled. Each is watched at every node from its beginning,"
                    + " from the middle on, and when it has ended. One node of five is told to end by SIGTERM, and the last one"
                    + " is frozen by SIGSTOP and goes on when all is over.",
            "",
            "Everybody who watched must end with the same text: the chunks of what was recorded, each once. It prints a timeline,"
                    + " how many chunks were kept and how many were taken back, and a verdict: HELD or VIOLATED."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast drill stream-takeover               about two minutes",
            "  holdfast drill stream-takeover --quick       one that dies, and one that is frozen",
            "  holdfast drill stream-takeover --rounds 40   more figures"
        })
final class StreamTakeoverCommand extends FleetCommand {
    private static final int IN_SHORT = 2;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "12",
            description = "How often something is done to a node (default: 12).")
    private int rounds;

    @Override
    void check(Outlet outlet) {
        outlet.check("--rounds", rounds, 1, 1_000);
    }

    @Override
    Report report(Path folder, long seed) throws InterruptedException {
        var plan = new StreamTakeover.Plan(nodes(), isQuick() ? IN_SHORT : rounds, seed, folder, postgres());
        return new StreamTakeover(plan, Program.server(), Outlet.progress()).run();
    }
}
