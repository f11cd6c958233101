package dev.holdfast.drills;

import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code holdfast drill node-death}. */
@Command(
        name = "node-death",
        description = {
            "Starts several nodes on one PostgreSQL, keeps runs under way on all of them, and kills one with kill -9, again"
                    + " and again; each time another one comes. In between it kills one together with the survivor that is"
                    + " taking over what it had, neighbours, all but one, and all. Then checks that every run ended exactly once, that none was made"
                    + " twice for one request (some are asked for twice on purpose), that no step was recorded twice or done again after it was recorded, and that no two epochs of a run overlap.",
            "",
            "It prints a timeline, how long it took from a kill to the first user code of each run elsewhere, and a verdict:"
                    + " HELD or VIOLATED."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast drill node-death                       ten times, about two minutes",
            "  holdfast drill node-death --kills 50 --nodes 5  longer and harder"
        })
final class NodeDeathCommand extends ClusterCommand {
    @Option(names = "--kills", paramLabel = "K", defaultValue = "10", description = "How often to kill (default: 10).")
    private int kills;

    @Option(
            names = "--calm",
            paramLabel = "SECONDS",
            defaultValue = "4",
            description =
                    "How long the nodes are left alone before each blow (default: 4). One that has just started keeps a"
                            + " processor busy with its compiler; with 0 that is part of what is measured.")
    private int calm;

    @Override
    Fault fault(boolean inShort, int clients) {
        return inShort ? NodeDeath.inShort(nodes()) : NodeDeath.often(kills, nodes(), Duration.ofSeconds(calm));
    }
}
