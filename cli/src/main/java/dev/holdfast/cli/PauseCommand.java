package dev.holdfast.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast pause}. */
@Command(
        name = "pause",
        description = {
            "Stops giving runs of a queue, or of one lane of it, to anybody. What executes goes on.",
            "",
            "Runs are accepted all the same, and wait. 'holdfast resume' gives them out again.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {Exit.OK_LINE, Exit.USAGE_LINE, Exit.REFUSED_LINE, Exit.UNREACHABLE_LINE, Exit.INTERNAL_LINE},
        footerHeading = "%nExamples:%n",
        footer = {"  holdfast pause default", "  holdfast pause default --lane thread:t1"})
final class PauseCommand implements Callable<Integer> {
    @Mixin
    private Client client = new Client();

    @Parameters(paramLabel = "QUEUE", description = "Name of the queue.")
    private String queue = "";

    @Option(names = "--lane", paramLabel = "LANE", description = "Only this lane of it.")
    private @Nullable String lane;

    @Override
    public Integer call() {
        var change = QueueChange.paused(queue, lane);
        String answer = change.ask(client);
        client.print(client.json() ? answer : change.what() + " is paused");
        return Exit.OK;
    }
}
