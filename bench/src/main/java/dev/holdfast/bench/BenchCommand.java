package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast bench}: what a run costs on this machine. The command line registers it. */
@Command(
        name = "bench",
        subcommands = {PeersCommand.class, StreamsCommand.class},
        description = {
            "Measures one node on SQLite, in this process, and beside it the floor: the same rows in the same tables, written"
                    + " by bare statements without the engine. Everything is done in three rounds, one after the other,"
                    + " and the table has the medians.",
            "",
            "Data folders are made in a temporary one, and removed. Nothing else should use the machine meanwhile."
        },
        footer = {
            "",
            "What can be measured:",
            "  noop      no-op runs, 500 in flight and by 50 clients, and the floor",
            "  latency   no-op runs one at a time",
            "  steps     runs of 5 steps",
            "  fanout    runs with 100 children",
            "  sleepers  what 100,000 sleeping runs cost, in processes of their own",
            "  retention how a million old runs are removed beside the work of clients",
            "  kill      how long runs rest when a server is killed: figures of 'holdfast drill crash'",
            "",
            "Others at the same work, on PostgreSQL: holdfast bench peers --help",
            "From a run to its watchers, on each of the logs: holdfast bench streams --help",
            "",
            "Examples:",
            "  holdfast bench                            everything, some four minutes",
            "  holdfast bench noop --quick               half a minute: while one changes something",
            "  holdfast bench noop --jfr noop.jfr        and where the time goes: jfr view hot-methods noop.jfr",
            "  holdfast bench --report docs/benchmarks   writes the page, its chart and the data",
            "",
            "What each number means is in docs/benchmarks/README.md."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:measured",
            "2:wrong usage",
            "5:it could not be measured; with HOLDFAST_DEBUG=1 it shows where"
        },
        mixinStandardHelpOptions = true)
public final class BenchCommand implements Callable<Integer> {
    @Mixin
    private final Outlet outlet = new Outlet();

    @Parameters(paramLabel = "MEASURE", description = "What to measure; see below (default: everything).")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--quick",
            description =
                    "Short rounds: under a minute for everything but sleepers, retention and kill, unless these are named.")
    private boolean quick;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where the temporary folder is made: this chooses the disk.")
    private Path data = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(
            names = "--slots",
            paramLabel = "N",
            defaultValue = "500",
            description = "Attempts that may execute at once (default: 500, as many as are in flight).")
    private int slots;

    @Option(names = "--jfr", paramLabel = "FILE", description = "Record the rounds with the JDK's Flight Recorder.")
    private @Nullable Path jfr;

    @Override
    public Integer call() throws IOException, SQLException, InterruptedException, ParseException {
        // Folders are opened and closed all the time; the migration of each would be told.
        Logger.getLogger("").setLevel(Level.WARNING);
        List<Measure> chosen = chosen();
        if (slots < 1) throw outlet.misuse("--slots must be at least 1, is " + slots);
        try (var folders = new Folders(data)) {
            var machine = Machine.described(folders.root());
            var template = Template.learn(folders.fresh());
            var setting = new Setting(quick ? Scale.QUICK : Scale.FULL, folders, template, slots);
            var bench = new Bench(setting, chosen, outlet::say);
            bench.warmUp();
            outlet.tell(new Report(command(), machine, template.settings(), recorded(bench)));
        }
        return 0;
    }

    private List<Measure> chosen() {
        outlet.demandKnown(
                "nothing that can be measured is called",
                names,
                Bench.ALL.stream().map(Measure::name).toList());
        return Bench.ALL.stream()
                .filter(m -> names.isEmpty() ? isQuick(m) || !quick : names.contains(m.name()))
                .toList();
    }

    /** What needs processes of its own takes as long as all the rest. */
    private static boolean isQuick(Measure measure) {
        return measure.how() == Measure.How.IN_EACH_ROUND;
    }

    private Sheet recorded(Bench bench) throws IOException, SQLException, InterruptedException, ParseException {
        if (jfr == null) return bench.measure();
        try (var recording = new Recording(Configuration.getConfiguration("profile"))) {
            recording.start();
            Sheet sheet = bench.measure();
            recording.stop();
            recording.dump(jfr);
            return sheet;
        }
    }

    /** As it was given, without where its results went. */
    private String command() {
        var words = new ArrayList<>(List.of("./holdfast", "bench"));
        words.addAll(names);
        if (quick) words.add("--quick");
        if (slots != 500) words.add("--slots " + slots);
        return String.join(" ", words);
    }
}
