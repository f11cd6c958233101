package dev.holdfast.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all commands that ask a server have in common. */
final class Client {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "${env:HOLDFAST_URL:-http://127.0.0.1:7007}",
            description = "The server. Default: $HOLDFAST_URL, or http://127.0.0.1:7007.")
    private String url = "";

    @Option(names = "--json", description = "Print JSON, for programs.")
    private boolean json;

    boolean json() {
        return json;
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    Waiting waiting() {
        return new Waiting(err());
    }

    Api api() {
        return new Api(Api.url(url), waiting());
    }

    Follower follower() {
        return new Follower(api(), waiting());
    }

    void print(String line) {
        out().println(line);
        out().flush();
    }
}
