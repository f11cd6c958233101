package dev.holdfast.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where a benchmark says what it has to say: a part of each of its commands. */
final class Outlet {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures there, as JSON.")
    private @Nullable Path json;

    @Option(names = "--report", paramLabel = "DIR", description = "Write a page, a chart and the data there.")
    private @Nullable Path report;

    /** How far it has come. */
    void say(String what) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("bench: " + what);
        err.flush();
    }

    void tell(Results done) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        out.print(done.table());
        out.flush();
        if (json != null) Files.writeString(json, done.json() + "\n");
        if (report != null) done.write(report);
    }

    /** @param nobody what is said of a name that is none of those which are known, as a sentence begins */
    void demandKnown(String nobody, List<String> names, List<String> known) {
        for (String name : names)
            if (!known.contains(name)) throw misuse(nobody + " '" + name + "'; there are " + String.join(", ", known));
    }

    CommandLine.ParameterException misuse(String why) {
        return new CommandLine.ParameterException(spec.commandLine(), why);
    }
}
