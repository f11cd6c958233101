package dev.holdfast.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast threads}. */
@Command(
        name = "threads",
        description = {
            "Lists the turns of a conversation, oldest first.",
            "",
            "A thread is the serial lane thread:THREAD, and each of its turns is a run in it: the next one begins when the"
                    + " one before has ended.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {Exit.OK_LINE, Exit.USAGE_LINE, Exit.REFUSED_LINE, Exit.UNREACHABLE_LINE, Exit.INTERNAL_LINE},
        footerHeading = "%nExamples:%n",
        footer = {"  holdfast threads t1", "  holdfast threads t1 --json"})
final class ThreadsCommand implements Callable<Integer> {
    @Mixin
    private Client client = new Client();

    @Parameters(paramLabel = "THREAD", description = "Name of the thread.")
    private String thread = "";

    @Option(names = "--queue", paramLabel = "QUEUE", description = "The queue of its task. Default: default.")
    private @Nullable String queue;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "How many, at most 200. Default: 50.")
    private String limit = "50";

    @Option(names = "--cursor", paramLabel = "CURSOR", description = "'next' of the page before.")
    private @Nullable String cursor;

    @Override
    public Integer call() {
        String answer = client.api()
                .get("/v1/threads/" + Api.encode(thread) + "?limit=" + Api.encode(limit)
                        + RunsCommand.part("queue", queue) + RunsCommand.part("cursor", cursor));
        if (client.json()) client.print(answer);
        else table(Json.parse(answer));
        return Exit.OK;
    }

    private void table(Json page) {
        if (page.at("turns").items().isEmpty()) {
            client.print("nothing was said in thread '" + thread + "'");
            return;
        }
        RunTable.print(page.at("turns").items(), client);
        if (!page.at("next").isNull())
            client.print("more: --cursor " + page.at("next").text());
    }
}
