package dev.holdfast.drills;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code holdfast drill database-restart}. */
@Command(
        name = "database-restart",
        description = {
            "Restarts the database of several nodes five times under load (--quick: twice), every other time by a crash: no"
                    + " run is lost, nothing counts as a loss, and every node stays the one it is. Only with a server of the"
                    + " drill's own.",
            "",
            "It prints a timeline and a verdict: HELD or VIOLATED."
        },
        footer = {"", "Example:", "  holdfast drill database-restart"})
final class DatabaseRestartCommand extends ClusterCommand {
    @Override
    Fault fault(boolean inShort) {
        return new DatabaseRestart(inShort ? 2 : 5);
    }

    @Override
    @Nullable
    String obstacle(boolean ownDatabase) {
        return ownDatabase
                ? null
                : "it restarts the database, which it does to one of its own only: leave out --postgres";
    }
}
