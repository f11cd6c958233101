package dev.holdfast.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast export}. */
@Command(
        name = "export",
        description = {
            "Writes runs down, a file for each: what a test needs to replay them against new code before a deployment.",
            "",
            "In the test of the new code: TestHoldfast.replays(handler, folder). It names every run that would not replay,"
                    + " and executes the body of no step.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {Exit.OK_LINE, Exit.USAGE_LINE, Exit.REFUSED_LINE, Exit.UNREACHABLE_LINE, Exit.INTERNAL_LINE},
        footerHeading = "%nExample:%n",
        footer = "  holdfast export src/test/recorded --task checkout --status BLOCKED --limit 50")
final class ExportCommand implements Callable<Integer> {
    @Mixin
    private Client client = new Client();

    @Parameters(paramLabel = "FOLDER", description = "Where the files go. Made if it is not there.")
    private Path folder = Path.of(".");

    @Option(names = "--task", paramLabel = "TASK", description = "Only runs of this task.")
    private @Nullable String task;

    @Option(names = "--status", paramLabel = "STATE", description = "Only runs in this state.")
    private @Nullable String status;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "20", description = "The newest N. Default: 20.")
    private int limit = 20;

    @Override
    public Integer call() throws IOException {
        Api api = client.api();
        Files.createDirectories(folder);
        int written = 0;
        String cursor = null;
        do {
            String query = "?limit=" + Math.min(limit - written, 200)
                    + RunsCommand.part("status", status)
                    + RunsCommand.part("task", task)
                    + RunsCommand.part("cursor", cursor);
            Json page = Json.parse(api.get("/v1/runs" + query));
            for (Json run : page.at("runs").items()) {
                String id = run.at("id").text();
                Files.writeString(folder.resolve(id + ".json"), api.get("/v1/runs/" + id), StandardCharsets.UTF_8);
                written++;
            }
            cursor = page.at("next").isNull() ? null : page.at("next").text();
        } while (cursor != null && written < limit);
        client.print(written + (written == 1 ? " run" : " runs") + " in " + folder);
        return Exit.OK;
    }
}
