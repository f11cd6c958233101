package dev.holdfast.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast queues}. */
@Command(
        name = "queues",
        description = {
            "Lists the queues: what waits and executes in them, their limits, whether they are paused.",
            "",
            "With the name of a queue it lists the lanes of it that have something to do or are paused.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {Exit.OK_LINE, Exit.USAGE_LINE, Exit.REFUSED_LINE, Exit.UNREACHABLE_LINE, Exit.INTERNAL_LINE},
        footerHeading = "%nExamples:%n",
        footer = {"  holdfast queues", "  holdfast queues default", "  holdfast queues default --json"})
final class QueuesCommand implements Callable<Integer> {
    @Mixin
    private Client client = new Client();

    @Parameters(arity = "0..1", paramLabel = "QUEUE", description = "Name of a queue.")
    private @Nullable String queue;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "How many lanes, at most 200. Default: 50.")
    private String limit = "50";

    @Option(names = "--cursor", paramLabel = "CURSOR", description = "'next' of the page of lanes before.")
    private @Nullable String cursor;

    @Override
    public Integer call() {
        String answer = client.api().get(queue == null ? "/v1/queues" : lanesOf(queue));
        if (client.json()) {
            client.print(answer);
            return Exit.OK;
        }
        Json page = Json.parse(answer);
        if (queue == null) {
            QueueTable.queues(page.at("queues").items(), client);
            return Exit.OK;
        }
        QueueTable.queues(List.of(page.at("queue")), client);
        client.print("");
        QueueTable.lanes(page.at("lanes").items(), client);
        if (!page.at("next").isNull())
            client.print("more: --cursor " + page.at("next").text());
        return Exit.OK;
    }

    private String lanesOf(String name) {
        return "/v1/queues/" + Api.encode(name) + "?limit=" + Api.encode(limit) + RunsCommand.part("cursor", cursor);
    }
}
