package dev.holdfast.drills;

import picocli.CommandLine.Command;

/** {@code holdfast drill rolling-restart}. */
@Command(
        name = "rolling-restart",
        description = {
            "Tells each of several nodes to end with SIGTERM, one after the other, under load, and starts its successor: no"
                    + " run is lost, and nothing counts as a loss. Then the same with kill -9: a node that may say good-bye"
                    + " is replaced as soon as one that may not, give or take a second.",
            "",
            "It prints a timeline and a verdict: HELD or VIOLATED."
        },
        footer = {"", "Example:", "  holdfast drill rolling-restart --nodes 4"})
final class RollingRestartCommand extends ClusterCommand {
    @Override
    Fault fault(boolean inShort, int clients) {
        return new RollingRestart(inShort ? 1 : 2);
    }
}
