package dev.holdfast.cli;

import dev.holdfast.server.ServerOptions;
import java.util.List;
import picocli.CommandLine.Option;

/** Whose pages may ask a server, beside its own. */
final class Allowing {
    @Option(
            names = "--allow-origin",
            paramLabel = "URL",
            description =
                    "Pages of this origin, such as https://app.example.com, may watch runs and talk, by a key or a watch link"
                            + " that they have. May be repeated. Default: none.")
    private List<String> origins = List.of();

    ServerOptions in(ServerOptions options) {
        var all = options;
        for (String origin : origins) all = all.allowOrigin(origin);
        return all;
    }
}
