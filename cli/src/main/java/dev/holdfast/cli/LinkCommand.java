package dev.holdfast.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast link}. */
@Command(
        name = "link",
        description = {
            "Prints a link to the stream of a run, with which anybody can watch that run and nothing else, for some time.",
            "",
            "It is for browsers, which cannot send a key with an EventSource, and for people who have none. It is good on all"
                    + " nodes, until its time is over, the API key that asked for it is revoked, or the run is deleted.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {Exit.OK_LINE, Exit.USAGE_LINE, Exit.REFUSED_LINE, Exit.UNREACHABLE_LINE, Exit.INTERNAL_LINE},
        footerHeading = "%nExamples:%n",
        footer = {"  holdfast link run_…", "  curl -N \"$(holdfast link run_… --ttl 10m)\""})
final class LinkCommand implements Callable<Integer> {
    @Mixin
    private Client client = new Client();

    @Parameters(paramLabel = "RUN", description = "Id of the run.")
    private String run = "";

    @Option(names = "--ttl", paramLabel = "TIME", description = "For how long: 10m, 2h, 7d. Default: 1h; at most 30d.")
    private @Nullable String ttl;

    @Override
    public Integer call() {
        String body = Json.write(out -> {
            out.writeStartObject();
            if (ttl != null) out.writeStringProperty("ttl", ttl);
            out.writeEndObject();
        });
        var request = new Api.Request("POST", "/v1/runs/" + Api.encode(run) + "/links", body, null);
        String answer = client.api().send(request, Api.Patience.SHORT).body();
        client.print(client.json() ? answer : Json.parse(answer).at("url").text());
        return Exit.OK;
    }
}
