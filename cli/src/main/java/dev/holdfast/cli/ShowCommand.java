package dev.holdfast.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast show}. */
@Command(
        name = "show",
        description = "Shows a run: where it stands, what happened, its steps, its result.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {Exit.OK_LINE, Exit.USAGE_LINE, Exit.REFUSED_LINE, Exit.UNREACHABLE_LINE, Exit.INTERNAL_LINE},
        footerHeading = "%nExamples:%n",
        footer = {"  holdfast show run_…", "  holdfast show run_… --json | jq .output"})
final class ShowCommand implements Callable<Integer> {
    @Mixin
    private Client client = new Client();

    @Parameters(paramLabel = "RUN", description = "Id of the run.")
    private String run = "";

    @Option(names = "--all", description = "All steps and snapshots, not only the first and the last ones.")
    private boolean all;

    @Override
    public Integer call() {
        Api api = client.api();
        String answer = api.get("/v1/runs/" + Api.encode(run));
        if (client.json()) {
            client.print(answer);
            return Exit.OK;
        }
        Json view = Json.parse(answer);
        String why = view.at("outcome").isNull()
                ? Json.parse(api.get("/v1/runs/" + Api.encode(run) + "/explain"))
                        .at("sentence")
                        .text()
                : "";
        new RunPage(view, all ? Integer.MAX_VALUE : 16).print(why, client.out());
        client.out().flush();
        return Exit.OK;
    }
}
