package dev.holdfast.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast runs}. */
@Command(
        name = "runs",
        description = "Lists runs, newest first.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {Exit.OK_LINE, Exit.USAGE_LINE, Exit.REFUSED_LINE, Exit.UNREACHABLE_LINE, Exit.INTERNAL_LINE},
        footerHeading = "%nExamples:%n",
        footer = {
            "  holdfast runs --status running",
            "  holdfast runs --task wordcount --limit 5 --json",
            "  holdfast runs --lane thread:t1"
        })
final class RunsCommand implements Callable<Integer> {
    @Mixin
    private Client client = new Client();

    @Option(
            names = "--status",
            paramLabel = "STATE",
            description = "Only runs in this state: queued, starting, running, blocked, stopping, finished.")
    private @Nullable String status;

    @Option(names = "--task", paramLabel = "TASK", description = "Only runs of this task.")
    private @Nullable String task;

    @Option(names = "--tag", paramLabel = "TAG", description = "Only runs with this tag.")
    private @Nullable String tag;

    @Option(names = "--queue", paramLabel = "QUEUE", description = "Only runs of this queue.")
    private @Nullable String queue;

    @Option(
            names = "--lane",
            paramLabel = "LANE",
            description = "Only runs of this lane of the queue; of the queue default if none is named.")
    private @Nullable String lane;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "How many, at most 200. Default: 20.")
    private String limit = "20";

    @Option(names = "--cursor", paramLabel = "CURSOR", description = "'next' of the page before.")
    private @Nullable String cursor;

    @Override
    public Integer call() {
        String query = "?limit=" + Api.encode(limit)
                + part("status", status)
                + part("task", task)
                + part("tag", tag)
                + part("queue", queue)
                + part("lane", lane)
                + part("cursor", cursor);
        String answer = client.api().get("/v1/runs" + query);
        if (client.json()) client.print(answer);
        else table(Json.parse(answer));
        return Exit.OK;
    }

    /** A further parameter; nothing if it is null. */
    static String part(String name, @Nullable String value) {
        return value == null ? "" : "&" + name + "=" + Api.encode(value);
    }

    private void table(Json page) {
        if (page.at("runs").items().isEmpty()) {
            client.print("no runs");
            return;
        }
        RunTable.print(page.at("runs").items(), client);
        if (!page.at("next").isNull())
            client.print("more: --cursor " + page.at("next").text());
    }
}
