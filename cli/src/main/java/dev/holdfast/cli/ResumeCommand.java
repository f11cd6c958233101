package dev.holdfast.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast resume}. */
@Command(
        name = "resume",
        description = {
            "Gives out the runs of a queue, or of one lane of it, again.",
            "",
            "A lane of a queue that is paused waits for the queue as well.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {Exit.OK_LINE, Exit.USAGE_LINE, Exit.REFUSED_LINE, Exit.UNREACHABLE_LINE, Exit.INTERNAL_LINE},
        footerHeading = "%nExamples:%n",
        footer = {"  holdfast resume default", "  holdfast resume default --lane thread:t1"})
final class ResumeCommand implements Callable<Integer> {
    @Mixin
    private Client client = new Client();

    @Parameters(paramLabel = "QUEUE", description = "Name of the queue.")
    private String queue = "";

    @Option(names = "--lane", paramLabel = "LANE", description = "Only this lane of it.")
    private @Nullable String lane;

    @Override
    public Integer call() {
        var change = QueueChange.resumed(queue, lane);
        String answer = change.ask(client);
        client.print(client.json() ? answer : change.what() + " is resumed");
        return Exit.OK;
    }
}
