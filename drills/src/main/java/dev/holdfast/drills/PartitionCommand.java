package dev.holdfast.drills;

import dev.holdfast.drills.Island.Cut;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code holdfast drill partition}. */
@Command(
        name = "partition",
        description = {
            "Cuts the link of one of several nodes, which lives in a network of its own: wholly, and in each of its two"
                    + " directions. It stops what it executes before any other node begins with it, and is a node again, with"
                    + " a new number, when the link is mended. The last time it also executes code that does not leave when it"
                    + " is told to: then its process halts itself in time.",
            "",
            "It needs no rights, but a Linux that lets everybody make networks of his own (user namespaces). The database is"
                    + " one of the drill's own, since that network leads nowhere else.",
            "",
            "It prints a timeline, how long it took from each cut until the node's own code had left, until others executed"
                    + " it, and until the node was back, and a verdict: HELD or VIOLATED."
        },
        footer = {"", "Example:", "  holdfast drill partition --quick"})
final class PartitionCommand extends ClusterCommand {
    private static final String INSIDE = "--inside";

    @Option(names = INSIDE, hidden = true, description = "This process is in such a network already.")
    private boolean inside;

    private @Nullable Island island;

    @Override
    @Nullable
    String obstacle(boolean ownDatabase) {
        if (!ownDatabase) {
            return "it needs a database in the network of its own, which leads nowhere else: leave out --postgres";
        }
        return inside ? null : Apart.obstacle();
    }

    @Override
    int drilled(Outlet outlet) throws IOException, InterruptedException {
        if (!inside) return Apart.run(again());
        try (var made = Island.beside()) {
            island = made;
            return super.drilled(outlet);
        } catch (IllegalStateException e) {
            return outlet.couldNot(String.valueOf(e.getMessage()));
        }
    }

    /** This command once more. */
    private List<String> again() {
        var arguments =
                new ArrayList<>(spec().root().commandLine().getParseResult().originalArgs());
        arguments.add(INSIDE);
        return JavaCommand.like(Program.MAIN, arguments.toArray(String[]::new));
    }

    @Override
    Program program() {
        return island().program(super.program(), label());
    }

    @Override
    Fault fault(boolean inShort, int clients) {
        List<Cut> cuts = inShort ? List.of(Cut.HEARD, Cut.ALL) : List.of(Cut.ALL, Cut.SENT, Cut.HEARD, Cut.ALL);
        return new Partition(island(), label(), cuts, clients);
    }

    private Island island() {
        return Objects.requireNonNull(island, "there is one while the drill is done");
    }

    /** Of the node that lives there: the last. */
    private String label() {
        return Fleet.labels(nodes()).getLast();
    }
}
