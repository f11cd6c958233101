package dev.holdfast.cli;

import dev.holdfast.engine.EngineOptions;
import dev.holdfast.examples.Examples;
import dev.holdfast.examples.WordCount;
import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import dev.holdfast.node.Holdfast;
import dev.holdfast.sdk.RunHandle;
import dev.holdfast.server.Server;
import dev.holdfast.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A takeover, once, in this process: two nodes on a PostgreSQL of our own, and one of them loses its sessions while it
 * executes, as if it had died. In a cluster nobody waits for a takeover that has been done before, and a young node has
 * never done one; most of its first would be the loading of classes.
 */
final class ClusterRehearsal {
    private static final String NAME = "rehearsal";
    private static final int RUNS = 8;
    private static final int FILES = 10;
    private static final long DELAY = 100;
    private static final Duration SOME_STEPS = Duration.ofMillis(3 * DELAY);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final LocalPostgres postgres;
    private final Path folder;

    private ClusterRehearsal(LocalPostgres postgres, Path folder) {
        this.postgres = postgres;
        this.folder = folder;
    }

    /**
     * @param folder for its files, which the caller removes
     * @throws RuntimeException if there is no PostgreSQL for this machine
     */
    static void in(Path folder) throws IOException, InterruptedException {
        for (int i = 0; i < FILES; i++) Files.writeString(folder.resolve(i + ".txt"), "some words");
        try (var postgres = LocalPostgres.temporary(Settings.standard())) {
            postgres.createDatabase(NAME);
            new ClusterRehearsal(postgres, folder).play();
        }
    }

    private void play() throws InterruptedException {
        try (var theirs = Server.open(ServerOptions.onPort(0));
                var ours = Server.open(ServerOptions.onPort(0));
                var victim = node("victim", theirs);
                var heir = node("heir", ours)) {
            theirs.serve(victim);
            ours.serve(heir);
            List<RunHandle<WordCount.Result>> runs = new ArrayList<>();
            for (int i = 0; i < RUNS; i++) runs.add(victim.start(WordCount.TASK, input()));
            // So that there is something behind them.
            runs.getFirst().join(SOME_STEPS);
            postgres.query(
                    NAME,
                    "SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a JOIN holdfast.nodes n ON n.label ="
                            + " 'victim' AND a.application_name = 'holdfast/' || n.number");
            for (var run : runs) heir.run(run.id(), WordCount.TASK).join(PATIENCE);
        }
    }

    private WordCount.Input input() {
        return new WordCount.Input(folder.toString(), "*.txt", DELAY);
    }

    private Holdfast node(String label, Server server) {
        var where = new ClusterServer.Where(postgres.url(NAME).toString(), null, null);
        return new ClusterServer(where, label, EngineOptions.defaults(), Examples.all()).node(server);
    }
}
