package dev.holdfast.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast schedules}. */
@Command(
        name = "schedules",
        description =
                "Lists the schedules: when they fire next, what they have started last, what becomes of missed firings.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {Exit.OK_LINE, Exit.USAGE_LINE, Exit.REFUSED_LINE, Exit.UNREACHABLE_LINE, Exit.INTERNAL_LINE},
        footerHeading = "%nExamples:%n",
        footer = {"  holdfast schedules", "  holdfast schedules --json"})
final class SchedulesCommand implements Callable<Integer> {
    @Mixin
    private Client client = new Client();

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
        String answer =
                client.api().get("/v1/schedules?limit=" + Api.encode(limit) + RunsCommand.part("cursor", cursor));
        if (client.json()) {
            client.print(answer);
            return Exit.OK;
        }
        Json page = Json.parse(answer);
        ScheduleTable.print(page.at("schedules").items(), client);
        if (!page.at("next").isNull())
            client.print("more: --cursor " + page.at("next").text());
        return Exit.OK;
    }
}
