package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast bench streams}: from the chunk that a run sends to its watchers. */
@Command(
        name = "streams",
        description = {
            "Measures streams: how many chunks go from runs to watchers over HTTP, and how long each is under way. Nodes are"
                    + " processes of their own; all watchers are one thread of this one.",
            "",
            "Starts what keeps the streams itself, in a temporary folder. Nothing else should use the machine meanwhile."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast bench streams                            all logs, some ten minutes",
            "  holdfast bench streams sqlite --quick             one of them, a minute",
            "  holdfast bench streams --report docs/benchmarks   writes the page, its chart and the data",
        },
        mixinStandardHelpOptions = true)
final class StreamsCommand implements Callable<Integer> {
    private final List<StreamLoad> loads;
    private final StreamScale full;

    @Mixin
    private final Outlet outlet = new Outlet();

    @Parameters(
            paramLabel = "LOG",
            description = "Where streams are kept: sqlite, postgres, nats (default: all that are there).")
    private List<String> names = new ArrayList<>();

    @Option(names = "--quick", description = "One short round: while one changes something.")
    private boolean quick;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where the temporary folder is made: this chooses the disk.")
    private Path data = Path.of(System.getProperty("java.io.tmpdir"));

    StreamsCommand() {
        this(StreamLoad.ALL, StreamScale.FULL);
    }

    /** @param full how long it takes, unless it is to be quick */
    StreamsCommand(List<StreamLoad> loads, StreamScale full) {
        this.loads = loads;
        this.full = full;
    }

    @Override
    public Integer call() throws IOException {
        List<StreamStore> chosen = chosen();
        var scale = quick ? StreamScale.QUICK : full;
        try (var folders = new Folders(data)) {
            var machine = Machine.described(folders.root());
            var sheet = new Sheet();
            for (StreamStore store : chosen) {
                Path errors = folders.root().resolve("nodes.err");
                try (var nodes = StreamNodes.open(store, folders.fresh(), errors)) {
                    measure(nodes, scale, new StreamLoad.Measured(sheet, store));
                } catch (IllegalStateException e) {
                    if (Files.exists(errors)) outlet.say(Files.readString(errors));
                    throw e;
                }
            }
            outlet.tell(new StreamsReport(command(), machine, sheet));
        }
        return 0;
    }

    private void measure(StreamNodes nodes, StreamScale scale, StreamLoad.Measured to) throws IOException {
        for (int round = 1; round <= scale.rounds(); round++) {
            for (StreamLoad load : loads) {
                outlet.say(to.store().title() + ", round " + round + " of " + scale.rounds() + ": " + load.name());
                load.measure(nodes, scale, to);
            }
        }
    }

    private List<StreamStore> chosen() {
        outlet.demandKnown(
                "nothing keeps streams that is called",
                names,
                StreamStore.ALL.stream().map(StreamStore::name).toList());
        var stores = new ArrayList<StreamStore>();
        for (StreamStore store : StreamStore.ALL) {
            boolean named = names.contains(store.name());
            if (!named && !names.isEmpty()) continue;
            String missing = store.missing().orElse(null);
            if (missing == null) stores.add(store);
            else if (named) throw outlet.misuse("streams cannot be kept by " + store.name() + ": " + missing);
            else outlet.say(store.name() + " is left out: " + missing);
        }
        return stores;
    }

    /** As it was given, without where its results went. */
    private String command() {
        var words = new ArrayList<>(List.of("./holdfast", "bench", "streams"));
        words.addAll(names);
        if (quick) words.add("--quick");
        return String.join(" ", words);
    }
}
