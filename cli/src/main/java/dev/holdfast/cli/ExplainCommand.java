package dev.holdfast.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast explain}. */
@Command(
        name = "explain",
        description = "Tells why a run does not progress right now, and what happens next.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {Exit.OK_LINE, Exit.USAGE_LINE, Exit.REFUSED_LINE, Exit.UNREACHABLE_LINE, Exit.INTERNAL_LINE},
        footerHeading = "%nExample:%n",
        footer = "  holdfast explain run_…")
final class ExplainCommand implements Callable<Integer> {
    @Mixin
    private Client client = new Client();

    @Parameters(paramLabel = "RUN", description = "Id of the run.")
    private String run = "";

    @Override
    public Integer call() {
        String answer = client.api().get("/v1/runs/" + Api.encode(run) + "/explain");
        if (client.json()) {
            client.print(answer);
            return Exit.OK;
        }
        Json why = Json.parse(answer);
        client.print(why.at("sentence").text());
        if (!why.at("next").isNull()) client.print("next: " + why.at("next").text());
        return Exit.OK;
    }
}
