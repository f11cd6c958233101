package dev.holdfast.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Parameters(paramLabel = "LOG", description = "Where streams are kept: sqlite, postgres (default: all).")
    private List<String> names = new ArrayList<>();

    @Option(names = "--quick", description = "One short round: while one changes something.")
    private boolean quick;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where the temporary folder is made: this chooses the disk.")
    private Path data = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures there, as JSON.")
    private @Nullable Path json;

    @Option(names = "--report", paramLabel = "DIR", description = "Write a page, a chart and the data there.")
    private @Nullable Path report;

    @Override
    public Integer call() throws IOException {
        List<StreamStore> chosen = chosen();
        var scale = quick ? StreamScale.QUICK : StreamScale.FULL;
        try (var folders = new Folders(data)) {
            var machine = Machine.described(folders.root());
            var sheet = new Sheet();
            for (StreamStore store : chosen) {
                Path errors = folders.root().resolve("nodes.err");
                try (var nodes = StreamNodes.open(store, folders.fresh(), errors)) {
                    measure(nodes, scale, new StreamLoad.Measured(sheet, store));
                } catch (IllegalStateException e) {
                    if (Files.exists(errors)) say(Files.readString(errors));
                    throw e;
                }
            }
            tell(new StreamsReport(command(), machine, sheet));
        }
        return 0;
    }

    private void measure(StreamNodes nodes, StreamScale scale, StreamLoad.Measured to) throws IOException {
        for (int round = 1; round <= scale.rounds(); round++) {
            for (StreamLoad load : StreamLoad.ALL) {
                say(to.store().title() + ", round " + round + " of " + scale.rounds() + ": " + load.name());
                load.measure(nodes, scale, to);
            }
        }
    }

    private List<StreamStore> chosen() {
        for (String name : names) {
            if (StreamStore.ALL.stream().noneMatch(store -> store.name().equals(name))) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(),
                        "nothing keeps streams that is called '" + name + "'; there are "
                                + String.join(
                                        ", ",
                                        StreamStore.ALL.stream()
                                                .map(StreamStore::name)
                                                .toList()));
            }
        }
        return StreamStore.ALL.stream()
                .filter(store -> names.isEmpty() || names.contains(store.name()))
                .toList();
    }

    private void say(String what) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("bench: " + what);
        err.flush();
    }

    private void tell(StreamsReport done) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        out.print(done.table());
        out.flush();
        if (json != null) Files.writeString(json, done.json() + "\n");
        if (report != null) done.write(report);
    }

    /** As it was given, without where its results went. */
    private String command() {
        var words = new ArrayList<>(List.of("./holdfast", "bench", "streams"));
        words.addAll(names);
        if (quick) words.add("--quick");
        return String.join(" ", words);
    }
}
