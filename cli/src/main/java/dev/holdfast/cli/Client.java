package dev.holdfast.cli;

import java.io.PrintWriter;
import java.io.Writer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all commands that ask a server have in common. */
final class Client {
    static final String JSON_ERRORS = "An error is a line of JSON on stderr: {code, message, exit}.";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "${env:HOLDFAST_URL:-http://127.0.0.1:7007}",
            description = "The server. Default: $HOLDFAST_URL, or http://127.0.0.1:7007.")
    private String url = "";

    @Option(names = "--json", description = "Print JSON, for programs. " + JSON_ERRORS)
    private boolean json;

    boolean json() {
        return json;
    }

    PrintWriter out() {
        PrintWriter out = spec.commandLine().getOut();
        return json ? out : new PlainWriter(out);
    }

    PrintWriter err() {
        return new PlainWriter(spec.commandLine().getErr());
    }

    Waiting waiting() {
        // Programs read errors there, and nothing else.
        return new Waiting(json ? new PrintWriter(Writer.nullWriter()) : err());
    }

    Api api() {
        Caller caller = Caller.of(System.getenv("HOLDFAST_KEY"), System.getenv("HOLDFAST_CA"));
        return new Api(Api.url(url), caller, waiting());
    }

    Follower follower() {
        return new Follower(api(), waiting());
    }

    void print(String line) {
        PrintWriter out = out();
        out.println(line);
        out.flush();
    }
}
