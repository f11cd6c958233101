package dev.holdfast.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast dev}. Only the options are here: the server is loaded when it is started. */
@Command(
        name = "dev",
        description = {
            "Runs everything in one process: engine, API, page and the example tasks, on one SQLite file.",
            "",
            "When it serves, it prints one line: ready http://127.0.0.1:PORT. It listens on this machine only. What was"
                    + " running when it was killed goes on when it is started again on the same folder.",
            "Example tasks: wordcount, noop, flaky; approval, which waits for a signal; fanout, which adds up what its"
                    + " children return; sleeper, which sleeps; metronome, whose steps"
                    + " say when they are done, and where; and chat, which asks the OpenAI-compatible endpoint that OPENAI_BASE_URL,"
                    + " OPENAI_API_KEY and OPENAI_MODEL name, or a scripted model if they do not.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "2:wrong usage",
            "3:cannot serve: port_in_use, port_forbidden, origin_invalid, data_folder_in_use, data_folder_not_writable, database_corrupt,"
                    + " schema_too_new",
            "4:the disk is full or read-only",
            Exit.INTERNAL_LINE,
            "130:ended by Ctrl-C, cleanly",
            "143:ended by SIGTERM, cleanly"
        },
        footerHeading = "%nExamples:%n",
        footer = {"  holdfast dev", "  holdfast dev --data /tmp/trial --port 0"})
final class DevCommand implements Callable<Integer> {
    @Mixin
    private Ready ready = new Ready();

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            defaultValue = "./.holdfast",
            description = "Where the runs are written down. Made if it is not there. Default: ./.holdfast.")
    private Path data = Path.of(".holdfast");

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "7007",
            description = "0 picks a free one. Default: 7007.")
    private int port = 7007;

    @Mixin
    private Allowing allowing = new Allowing();

    @Mixin
    private Hosting hosting = new Hosting();

    @Override
    public Integer call() throws InterruptedException {
        return DevServer.run(data, () -> allowing.in(Serving.options(port)), hosting.options(), ready::print);
    }
}
