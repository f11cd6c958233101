package dev.holdfast.cli;

import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast delete}. */
@Command(
        name = "delete",
        description = "Removes a finished run and all that is its own. Its id is never used again.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            Exit.OK_LINE,
            Exit.USAGE_LINE,
            "3:refused: unknown, or not finished (cancel it first)",
            Exit.UNREACHABLE_LINE,
            Exit.INTERNAL_LINE
        },
        footerHeading = "%nExample:%n",
        footer = "  holdfast delete run_…")
final class DeleteCommand implements Callable<Integer> {
    @Mixin
    private Client client = new Client();

    @Parameters(paramLabel = "RUN", description = "Id of the run.")
    private String run = "";

    @Override
    public Integer call() {
        var request = new Api.Request(
                "DELETE", "/v1/runs/" + Api.encode(run), null, UUID.randomUUID().toString());
        client.api().send(request, Api.Patience.SHORT);
        if (client.json()) {
            client.print(Json.write(out -> {
                out.writeStartObject();
                out.writeStringProperty("id", run);
                out.writeBooleanProperty("deleted", true);
                out.writeEndObject();
            }));
        } else {
            client.print(run + " is deleted");
        }
        return Exit.OK;
    }
}
