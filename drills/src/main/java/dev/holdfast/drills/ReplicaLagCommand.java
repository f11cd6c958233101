package dev.holdfast.drills;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code holdfast drill replica-lag}. */
@Command(
        name = "replica-lag",
        description = {
            "Gives the nodes a replica of their database, a real standby, pauses its replay, lets it go on, and kills it, while"
                    + " readers ask for the snapshots of runs since a cursor. Who is ahead of the replica is answered by the"
                    + " primary; who waits while it catches up, by the replica; and when it is down its readers are refused,"
                    + " and nobody else notices. The verdict is what a node has counted of that (see /metrics), and which of"
                    + " the two servers was asked about the run, as their own logs tell. Only with servers of the drill's"
                    + " own.",
            "",
            "It prints a timeline and a verdict: HELD or VIOLATED."
        },
        footer = {"", "Example:", "  holdfast drill replica-lag --quick"})
final class ReplicaLagCommand extends ClusterCommand {
    private static final int CROWD = 40;
    private static final int IN_SHORT = 10;

    @Override
    Fault fault(boolean inShort, int clients) {
        return new ReplicaLag(inShort ? IN_SHORT : CROWD);
    }

    @Override
    @Nullable
    String obstacle(boolean ownDatabase) {
        return ownDatabase
                ? null
                : "it breaks the replica of a database, which it does to one of its own only: leave out --postgres";
    }
}
