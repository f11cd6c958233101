package dev.holdfast.cli;

import java.time.Duration;
import java.time.Instant;
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
        footer = {"  holdfast runs --status running", "  holdfast runs --task wordcount --limit 5 --json"})
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
                + part("cursor", cursor);
        String answer = client.api().get("/v1/runs" + query);
        if (client.json()) client.print(answer);
        else table(Json.parse(answer));
        return Exit.OK;
    }

    private static String part(String name, @Nullable String value) {
        return value == null ? "" : "&" + name + "=" + Api.encode(value);
    }

    private void table(Json page) {
        if (page.at("runs").items().isEmpty()) {
            client.print("no runs");
            return;
        }
        Instant now = Instant.now();
        client.print(row("RUN", "TASK", "STATE", "ATTEMPT", "EPOCH", "AGE"));
        for (Json run : page.at("runs").items()) {
            String outcome = run.at("outcome").text();
            client.print(row(
                    run.at("id").text(),
                    run.at("task").text(),
                    outcome.isEmpty() ? run.at("state").text() : outcome,
                    run.at("attempt").text(),
                    run.at("epoch").text(),
                    Times.age(Duration.between(Instant.parse(run.at("createdAt").text()), now))));
        }
        if (!page.at("next").isNull())
            client.print("more: --cursor " + page.at("next").text());
    }

    private static String row(String... cells) {
        return "%-30s  %-16s  %-14s  %7s  %5s  %6s".formatted((Object[]) cells);
    }
}
