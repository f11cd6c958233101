package dev.holdfast.drills;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A fault in a cluster: real nodes on a real PostgreSQL, clients that always have runs under way, something that is done to
 * them, and a look at everything from outside when it is over.
 */
final class ClusterDrill {
    private static final int BEATS = 30;
    /** For a request: longer than one to a frozen node hangs. */
    private static final Duration PATIENCE = Duration.ofSeconds(50);

    /**
     * @param nodes how many
     * @param clients each with one run under way; all of them fit into one node less
     * @param pace of them
     * @param seed of the choices
     * @param folder for everything the drill writes; is there, and empty
     * @param url of the database; null for one of the drill's own
     */
    record Plan(
            int nodes,
            int clients,
            Load.Pace pace,
            long seed,
            Path folder,
            @Nullable String url) {
        /** Without the URL, which may contain a password. */
        @Override
        public String toString() {
            return "Plan[" + nodes + " nodes, " + clients + " clients, seed " + seed + "]";
        }
    }

    private final Plan plan;
    private final Fault fault;
    private final Program program;
    private final Progress progress;

    ClusterDrill(Plan plan, Fault fault, Program program, Progress progress) {
        this.plan = plan;
        this.fault = fault;
        this.program = program;
        this.progress = progress;
    }

    /**
     * Does it all.
     *
     * @throws IllegalStateException if the cluster does not even start
     */
    Report run() throws IOException, InterruptedException {
        progress.say("starting PostgreSQL");
        String name = "drill-" + plan.seed() + "-" + System.currentTimeMillis();
        try (var database = fault.database(plan, progress::say);
                var pass = Pass.of(database, name, progress::warn);
                var fleet = new Fleet(program, database, pass, plan.folder())) {
            return run(name, database, fleet);
        } finally {
            progress.end();
        }
    }

    private Report run(String name, Database database, Fleet fleet) throws IOException, InterruptedException {
        progress.say("starting " + plan.nodes() + " nodes");
        for (Node node : Fleet.labels(plan.nodes()).stream().map(fleet::start).toList())
            fleet.ready(node, Fleet.STARTS);
        var diary = new Diary(plan.folder().resolve("diary.log"), BEATS);
        var client = new Client(fleet, PATIENCE);
        var troubles = new ArrayList<String>();
        List<String> seen = List.of();
        try (var load = new Load(fleet, PATIENCE, diary, name, plan.pace())) {
            var scene = new Scene(database, fleet, load, new Random(plan.seed()), progress);
            load.begin(plan.clients());
            try {
                for (Node node : fleet.inService()) scene.awaitMoment(List.of(node));
                seen = fault.happen(scene);
            } catch (IOException | RuntimeException e) {
                troubles.add(Trouble.of(e));
            }
            progress.say("waiting for the end of what is under way");
            load.finish();
            troubles.addAll(load.troubles());
            progress.say("looking at everything again");
            var findings = new ClusterFindings(plan, fault, client);
            return findings.report(scene, troubles, seen);
        }
    }
}
