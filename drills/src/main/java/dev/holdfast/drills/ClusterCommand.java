package dev.holdfast.drills;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the drills of a cluster have in common. */
@Command(
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:HELD",
            "1:VIOLATED; the logs of the nodes, what user code wrote down, all runs, and the report are kept",
            "2:wrong usage",
            "3:the drill could not be done: the database or the nodes do not even start, or it is not possible here",
            "5:a mistake of this program; with HOLDFAST_DEBUG=1 it shows where"
        },
        mixinStandardHelpOptions = true)
abstract class ClusterCommand implements Callable<Integer> {
    /** Of a node that is not told otherwise. */
    private static final int SLOTS_PER_CORE = 4;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(
            names = "--postgres",
            paramLabel = "URL",
            description = "The database: postgres://user:password@host/database?sslmode=… (default: a server of the"
                    + " drill's own, in a temporary folder). Its runs stay there. If it has API keys, the drill makes"
                    + " one, and revokes it in the end.")
    private @Nullable String postgres;

    @Option(names = "--nodes", paramLabel = "N", defaultValue = "3", description = "How many nodes (default: 3).")
    private int nodes;

    @Option(
            names = "--runs",
            paramLabel = "N",
            description =
                    "How many runs are under way at a time (default: 3 for each core and each node but one). Each node has"
                            + " the slots for all of them; the more there are, the slower each goes.")
    private @Nullable Integer runs;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Makes the same choices again (default: random; the report names it).")
    private @Nullable Long seed;

    @Option(names = "--quick", description = "In short: for a look, or a test.")
    private boolean quick;

    @Option(names = "--keep", description = "Keep the folder also when everything held.")
    private boolean keep;

    @Option(
            names = "--json",
            description = "Print the report as JSON. An error is a line of JSON on stderr: {code, message, exit}.")
    private boolean json;

    /** What is done to the cluster, while so many clients have a run under way each. */
    abstract Fault fault(boolean inShort, int clients);

    /** What the nodes are. */
    Program program() {
        // A run that has no slot waits, and says nothing about how fast it is taken over.
        if (runs == null) return Program.server();
        int slots = runs + Load.AT_DOOMED;
        return slots <= fewSlots() ? Program.server() : Program.server("--slots", Integer.toString(slots));
    }

    private int clients() {
        return runs == null ? Math.max(2, fewSlots() * (nodes - 1) * 3 / 4) : runs;
    }

    private static int fewSlots() {
        return SLOTS_PER_CORE * Runtime.getRuntime().availableProcessors();
    }

    CommandSpec spec() {
        return spec;
    }

    int nodes() {
        return nodes;
    }

    /** Why it cannot be done; null if it can. */
    @Nullable
    String obstacle(boolean ownDatabase) {
        return null;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        var outlet = new Outlet(spec, json);
        outlet.check("--nodes", nodes, 2, 20);
        int clients = clients();
        outlet.check("--runs", clients, 1, 1_000);
        String why = obstacle(postgres == null);
        return why == null ? drilled(outlet, clients) : outlet.couldNot(why);
    }

    /** Does it, and tells what it has found. */
    int drilled(Outlet outlet, int clients) throws IOException, InterruptedException {
        long chosen = seed == null ? ThreadLocalRandom.current().nextLong(1_000_000) : seed;
        Path folder = Files.createTempDirectory("holdfast-drill-");
        var plan = new ClusterDrill.Plan(nodes, clients, chosen, folder, postgres);
        try {
            var drill = new ClusterDrill(plan, fault(quick, clients), program(), Outlet.progress());
            return outlet.tell(drill.run(), folder, keep);
        } catch (IllegalStateException | UncheckedIOException e) {
            return outlet.couldNot(e.getMessage() + "; what there is lies in " + folder);
        }
    }
}
