package dev.holdfast.bench;

import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast bench peers}: others at the same work, each set up as its documentation recommends. */
@Command(
        name = "peers",
        description = {
            "Measures Holdfast and others at the same work on one PostgreSQL, each in processes of its own, set up as its documentation"
                    + " recommends. Rounds are interleaved, and the table has the medians.",
            "",
            "Starts a PostgreSQL server of its own, unless it is given one. Builds the programs from the sources; the first"
                    + " time that needs the network. Nothing else should use the machine meanwhile."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast bench peers                              everybody, half an hour",
            "  holdfast bench peers dbos --quick                 one of them, a minute",
            "  holdfast bench peers --report docs/benchmarks     writes the page, its chart and the data",
            "  holdfast bench peers --postgres postgresql://me:secret@db.example/postgres",
        },
        mixinStandardHelpOptions = true)
final class PeersCommand implements Callable<Integer> {
    /** A database that is asked for its figures, has room for a burst, and does no checkpoint in between. */
    private static final Settings SERVER = Settings.standard()
            .with("shared_preload_libraries", "pg_stat_statements")
            .with("max_wal_size", "4GB")
            .with("checkpoint_timeout", "30min");

    @Mixin
    private final Outlet outlet = new Outlet();

    @Parameters(paramLabel = "PEER", description = "Who: holdfast, dbos, db-scheduler, jobrunr (default: everybody).")
    private List<String> names = new ArrayList<>();

    @Option(names = "--quick", description = "One short round, three minutes: while one changes something.")
    private boolean quick;

    @Option(
            names = "--postgres",
            paramLabel = "URL",
            description =
                    "A server to use instead of an own one: postgresql://user:password@host/database, of somebody who"
                            + " may create databases.")
    private @Nullable String postgres;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where the server's temporary folder is made: this chooses the disk.")
    private Path data = Path.of(System.getProperty("java.io.tmpdir"));

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Contender> chosen = chosen();
        try (var folders = new Folders(data)) {
            var programs = PeerPrograms.here();
            programs.build(chosen, folders.root().resolve("build.log"), outlet::say);
            var machine = Machine.described(folders.root());
            PeerSheet sheet = postgres == null
                    ? onOwnServer(chosen, programs, folders)
                    : measured(chosen, programs, new PeerProcess(postgres, 0, errors(folders)));
            outlet.tell(new PeerReport(command(), machine, sheet));
        }
        return 0;
    }

    private static Path errors(Folders folders) {
        return folders.root().resolve("peer.err");
    }

    private List<Contender> chosen() {
        outlet.demandKnown(
                "no peer is called",
                names,
                Contender.ALL.stream().map(Contender::module).toList());
        return Contender.ALL.stream()
                .filter(c -> names.isEmpty() || names.contains(c.module()))
                .toList();
    }

    private PeerSheet onOwnServer(List<Contender> chosen, PeerPrograms programs, Folders folders)
            throws IOException, InterruptedException {
        try (var server = LocalPostgres.start(folders.fresh(), SERVER.telling(outlet::say))) {
            var process = new PeerProcess(server.url("postgres").toString(), server.pid(), errors(folders));
            return measured(chosen, programs, process);
        }
    }

    private PeerSheet measured(List<Contender> chosen, PeerPrograms programs, PeerProcess process)
            throws IOException, InterruptedException {
        var scale = quick ? PeerScale.QUICK : PeerScale.FULL;
        var sheet = new PeerSheet(chosen);
        for (int round = 1; round <= scale.rounds(); round++) {
            for (Contender each : chosen) {
                outlet.say("round " + round + " of " + scale.rounds() + ": " + each.name());
                process.run(each, programs.classPath(each), words("round", scale), sheet);
            }
        }
        for (String once : List.of("idle", "kill")) {
            for (Contender each : chosen) {
                outlet.say(once + ": " + each.name());
                process.run(each, programs.classPath(each), words(once, scale), sheet);
            }
        }
        return sheet;
    }

    private static List<String> words(String measure, PeerScale scale) {
        var words = new ArrayList<>(scale.words());
        words.add("measure=" + measure);
        words.add("database=holdfast_bench_" + ProcessHandle.current().pid());
        return words;
    }

    /** As it was given, without where its results went and where the server is. */
    private String command() {
        var words = new ArrayList<>(List.of("./holdfast", "bench", "peers"));
        words.addAll(names);
        if (quick) words.add("--quick");
        if (postgres != null) words.add("--postgres …");
        return String.join(" ", words);
    }
}
