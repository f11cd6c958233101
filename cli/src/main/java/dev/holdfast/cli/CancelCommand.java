package dev.holdfast.cli;

import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast cancel}. */
@Command(
        name = "cancel",
        description = {
            "Asks for a run to be stopped. When it answers, the request is durable.",
            "",
            "The run may still clean up after itself; 'holdfast show' tells when it has ended. A run that has ended stays as"
                    + " it is.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {Exit.OK_LINE, Exit.USAGE_LINE, Exit.REFUSED_LINE, Exit.UNREACHABLE_LINE, Exit.INTERNAL_LINE},
        footerHeading = "%nExample:%n",
        footer = "  holdfast cancel run_…")
final class CancelCommand implements Callable<Integer> {
    @Mixin
    private Client client = new Client();

    @Parameters(paramLabel = "RUN", description = "Id of the run.")
    private String run = "";

    @Override
    public Integer call() {
        var request = new Api.Request(
                "POST",
                "/v1/runs/" + Api.encode(run) + "/cancel",
                null,
                UUID.randomUUID().toString());
        String answer = client.api().send(request, Api.Patience.SHORT).body();
        Json now = Json.parse(answer);
        String outcome = now.at("outcome").text();
        if (client.json()) client.print(answer);
        else client.print(run + (outcome.isEmpty() ? " is being cancelled" : " has ended: " + outcome));
        return Exit.OK;
    }
}
