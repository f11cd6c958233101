package dev.holdfast.drills;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code holdfast drill node-death}. */
@Command(
        name = "node-death",
        description = {
            "Starts several nodes on one PostgreSQL, keeps runs under way on all of them, and kills one with kill -9, again"
                    + " and again; each time another one comes. In between it kills one together with the survivor that is"
                    + " taking over what it had, neighbours, all but one, and all. Then checks that every run ended exactly"
                    + " once, that none was made twice for one request (some are asked for twice on purpose), that no step"
                    + " was recorded twice or done again after it was recorded, and that no two epochs of a run overlap.",
            "Who is killed while its neighbour lives must be found dead by it. The sweep, which looks every two seconds,"
                    + " may come first while the neighbour looks around: once, or for one in ten. If it has found the only"
                    + " one, or one of fewer than five, the report says that this is no verdict about the ring.",
            "",
            "It prints a timeline, how long it took from a kill until the death was written down (only in a database of the"
                    + " drill's own) and until the first user code of each run elsewhere, and a verdict: HELD or VIOLATED."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast drill node-death                       ten times, about two minutes",
            "  holdfast drill node-death --kills 50 --nodes 5  longer and harder",
            "  holdfast drill node-death --kills 40 --ring-only --aim 50   how fast the neighbour alone finds the dead"
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

    @Option(
            names = "--ring-only",
            description =
                    "Nobody sweeps, and no hints arrive: only its neighbour can find a node dead. Only with a server"
                            + " of the drill's own.")
    private boolean ringOnly;

    @Option(
            names = "--aim",
            paramLabel = "MS",
            defaultValue = "50",
            description = "Half of the nodes that are killed alone are found dead within so many milliseconds, or it is"
                    + " VIOLATED (default: 50; 0 for any time). Of fewer than five of them (--kills 9 kills five), or in a"
                    + " database that is not the drill's own, the report says that there is no verdict about that. Not"
                    + " looked at with --quick.")
    private int aim;

    @Override
    @Nullable
    String obstacle(boolean ownDatabase) {
        return ringOnly && !ownDatabase
                ? "--ring-only changes how the database works, which it does to one of its own only: leave out --postgres"
                : null;
    }

    @Override
    Fault fault(boolean inShort, int clients) {
        var blows = inShort
                ? NodeDeath.inShort(nodes())
                : NodeDeath.often(kills, nodes(), Duration.ofSeconds(calm)).within(Duration.ofMillis(aim));
        return ringOnly ? blows.foundBy(NodeDeath.Finders.NEIGHBOURS) : blows;
    }
}
