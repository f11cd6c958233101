package dev.holdfast.cli;

import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast complete}. */
@Command(
        name = "complete",
        description = {
            "Completes a token with a value. When it answers, that is durable, and the first value counts.",
            "",
            "A run opens a token for somebody outside, who is told its id; 'holdfast show' tells it too.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {Exit.OK_LINE, Exit.USAGE_LINE, Exit.REFUSED_LINE, Exit.UNREACHABLE_LINE, Exit.INTERNAL_LINE},
        footerHeading = "%nExamples:%n",
        footer = {"  holdfast complete TOKEN '{\"paid\":true}'", "  holdfast complete TOKEN @receipt.json"})
final class CompleteCommand implements Callable<Integer> {
    @Mixin
    private Client client = new Client();

    @Parameters(index = "0", paramLabel = "TOKEN", description = "Id of the token.")
    private String token = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "JSON|@FILE|-",
            description = "Its value: JSON, a file with it, or - for standard input. Default: null.")
    private String value = "null";

    @Override
    public Integer call() {
        var request = new Api.Request(
                "POST",
                "/v1/tokens/" + Api.encode(token) + "/complete",
                new JsonInput("the value", value).json(),
                UUID.randomUUID().toString());
        String answer = client.api().send(request, Api.Patience.SHORT).body();
        client.print(client.json() ? answer : "token " + token + " is completed");
        return Exit.OK;
    }
}
