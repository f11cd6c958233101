package dev.holdfast.bench;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast bench}: what a run costs on this machine. The command line registers it. */
@Command(
        name = "bench",
        description = "Measures one node on SQLite, in this process, beside the floor: the same rows, written by bare"
                + " statements.",
        mixinStandardHelpOptions = true)
public final class BenchCommand implements Callable<Integer> {
    private static final List<Measure> ALL = List.of(new NoopRuns());

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Parameters(paramLabel = "MEASURE", description = "What to measure: noop. Default: everything.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--quick", description = "About half a minute for everything: for a first look.")
    private boolean quick;

    @Option(names = "--data", paramLabel = "DIR", description = "Where the data folders are made; chooses the disk.")
    private Path data = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(
            names = "--slots",
            paramLabel = "N",
            defaultValue = "500",
            description = "Slots of the node (default: 500).")
    private int slots;

    @Option(names = "--jfr", paramLabel = "FILE", description = "Record the rounds with the JDK's Flight Recorder.")
    private @Nullable Path jfr;

    @Override
    public Integer call() throws Exception {
        // What is opened and closed all the time says so all the time.
        Logger.getLogger("").setLevel(Level.WARNING);
        Scale scale = quick ? Scale.QUICK : Scale.FULL;
        List<Measure> chosen = chosen();
        PrintWriter err = spec.commandLine().getErr();
        PrintWriter out = spec.commandLine().getOut();
        try (var folders = new Folders(data)) {
            var template = Template.learn(folders.fresh());
            var setting = new Setting(scale, folders, template, slots);
            say(err, "warming up");
            for (Measure each : chosen) each.round(setting.warmingUp(), new Sheet());
            var sheet = new Sheet();
            try (Recording recording = recording()) {
                for (int round = 1; round <= scale.rounds(); round++) {
                    for (Measure each : chosen) {
                        say(err, "round " + round + " of " + scale.rounds() + ": " + each.what());
                        each.round(setting, sheet);
                    }
                }
                if (jfr != null) {
                    recording.stop();
                    recording.dump(jfr);
                }
            }
            out.println("settings of the writing connection: " + template.settings());
            out.print(Table.written(sheet));
            out.flush();
        }
        return 0;
    }

    private static void say(PrintWriter err, String what) {
        err.println("bench: " + what);
        err.flush();
    }

    private Recording recording() throws Exception {
        if (jfr == null) return new Recording();
        var recording = new Recording(Configuration.getConfiguration("profile"));
        recording.start();
        return recording;
    }

    private List<Measure> chosen() {
        for (String name : names) {
            if (ALL.stream().noneMatch(m -> m.name().equals(name))) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "nothing that is measured is called '" + name + "'");
            }
        }
        return ALL.stream()
                .filter(m -> names.isEmpty() || names.contains(m.name()))
                .toList();
    }
}
