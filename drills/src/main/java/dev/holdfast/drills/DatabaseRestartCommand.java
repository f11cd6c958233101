package dev.holdfast.drills;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code holdfast drill database-restart}. */
@Command(
        name = "database-restart",
        description = {
            "Restarts the database of several nodes five times under load (--quick: twice), every other time by a crash,"
                    + " and then lets it answer nothing for 15 s (--quick: 6 s), so that the nodes stop what they execute: no"
                    + " run is lost, nothing counts as a loss, what was stopped goes on, and every node stays the one it is."
                    + " Only with a server of the drill's own.",
            "",
            "It prints a timeline and a verdict: HELD or VIOLATED."
        },
        footer = {"", "Example:", "  holdfast drill database-restart"})
final class DatabaseRestartCommand extends ClusterCommand {
    private static final Duration STALL = Duration.ofSeconds(15);
    private static final Duration IN_SHORT = Duration.ofSeconds(6);

    @Override
    Fault fault(boolean inShort, int clients) {
        return inShort ? new DatabaseRestart(2, IN_SHORT) : new DatabaseRestart(5, STALL);
    }

    @Override
    @Nullable
    String obstacle(boolean ownDatabase) {
        return ownDatabase
                ? null
                : "it restarts the database, which it does to one of its own only: leave out --postgres";
    }
}
