package dev.holdfast.cli;

import java.net.URI;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a server says that it serves. */
final class Ready {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--json",
            description = "Print {\"ready\":\"http://127.0.0.1:PORT\"} when it serves. " + Client.JSON_ERRORS)
    private boolean json;

    void print(URI url) {
        var out = spec.commandLine().getOut();
        out.println(json ? json(url) : "ready " + url);
        out.flush();
    }

    /** What people should know, beside that it serves. */
    void note(String what) {
        if (json) return;
        var err = spec.commandLine().getErr();
        err.println("holdfast: " + what);
        err.flush();
    }

    private static String json(URI url) {
        return Json.write(line -> {
            line.writeStartObject();
            line.writeStringProperty("ready", url.toString());
            line.writeEndObject();
        });
    }
}
