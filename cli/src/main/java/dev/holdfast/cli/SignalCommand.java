package dev.holdfast.cli;

import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast signal}. */
@Command(
        name = "signal",
        description = {
            "Sends a signal to a run. When it answers, the signal is durable.",
            "",
            "It is kept until the run waits for one of this name, so it may come before the run waits for it. Each call"
                    + " is a signal of its own. 'holdfast show' tells what a run waits for.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {Exit.OK_LINE, Exit.USAGE_LINE, Exit.REFUSED_LINE, Exit.UNREACHABLE_LINE, Exit.INTERNAL_LINE},
        footerHeading = "%nExamples:%n",
        footer = {
            "  holdfast signal run_… approved true",
            "  holdfast signal run_… order '{\"item\":17}'",
            "  holdfast signal run_… order @order.json",
        })
final class SignalCommand implements Callable<Integer> {
    @Mixin
    private Client client = new Client();

    @Parameters(index = "0", paramLabel = "RUN", description = "Id of the run.")
    private String run = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "Name of the signal.")
    private String name = "";

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "JSON|@FILE|-",
            description = "Its value: JSON, a file with it, or - for standard input. Default: null.")
    private String value = "null";

    @Override
    public Integer call() {
        var request = new Api.Request(
                "POST",
                "/v1/runs/" + Api.encode(run) + "/signals/" + Api.encode(name),
                new JsonInput("the value", value).json(),
                UUID.randomUUID().toString());
        String answer = client.api().send(request, Api.Patience.SHORT).body();
        client.print(client.json() ? answer : "signal '" + name + "' is sent to " + run);
        return Exit.OK;
    }
}
