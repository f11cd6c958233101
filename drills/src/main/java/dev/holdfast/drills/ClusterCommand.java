package dev.holdfast.drills;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the drills have in common that do something to a cluster under load. */
abstract class ClusterCommand extends FleetCommand {
    /** Of a node that is not told otherwise. */
    private static final int SLOTS_PER_CORE = 4;

    @Option(
            names = "--runs",
            paramLabel = "N",
            description =
                    "How many runs are under way at a time (default: 3 for each core and each node but one). Each node has"
                            + " the slots for all of them; the more there are, the slower each goes.")
    private @Nullable Integer runs;

    @Option(
            names = "--beat",
            paramLabel = "MS",
            description =
                    "How long a step of a run takes (default: 4 ms for each run, and 50 at least, so that all of them"
                            + " together make no more than some 250 steps a second).")
    private @Nullable Integer beat;

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
        return runs == null ? Math.max(2, fewSlots() * (nodes() - 1) * 3 / 4) : runs;
    }

    private static int fewSlots() {
        return SLOTS_PER_CORE * Runtime.getRuntime().availableProcessors();
    }

    @Override
    void check(Outlet outlet) {
        outlet.check("--runs", clients(), 1, 1_000);
        if (beat != null) outlet.check("--beat", beat, 10, 10_000);
    }

    @Override
    Report report(Path folder, long seed) throws IOException, InterruptedException {
        int clients = clients();
        var pace = beat == null ? Load.Pace.of(clients) : Load.Pace.with(Duration.ofMillis(beat));
        var plan = new ClusterDrill.Plan(nodes(), clients, pace, seed, folder, postgres());
        return new ClusterDrill(plan, fault(isQuick(), clients), program(), Outlet.progress()).run();
    }
}
