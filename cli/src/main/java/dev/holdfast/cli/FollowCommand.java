package dev.holdfast.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast follow}. */
@Command(
        name = "follow",
        description = {
            "Prints what a run sends, from the beginning, until it ends.",
            "",
            "It reconnects by itself and survives restarts of the server. What was sent and then did not stand, because its"
                    + " producer died, is rewound: after the line '── rewound …' comes the whole standing text again."
                    + " Whoever comes later sees the standing text only.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the run succeeded",
            Exit.RUN_LINE,
            Exit.USAGE_LINE,
            Exit.REFUSED_LINE,
            Exit.UNREACHABLE_LINE,
            Exit.INTERNAL_LINE
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  holdfast follow run_…",
            "  holdfast follow run_… --json                   a line for each frame: {event,id,epoch,step,data}",
            "  holdfast follow run_… --from run_….12.3        after the frame with this id",
        })
final class FollowCommand implements Callable<Integer> {
    @Mixin
    private Client client = new Client();

    @Parameters(paramLabel = "RUN", description = "Id of the run.")
    private String run = "";

    @Option(
            names = "--from",
            paramLabel = "CURSOR",
            description = "The id of the last frame that was received before. Default: from the beginning.")
    private @Nullable String from;

    @Override
    public Integer call() {
        var printer = FramePrinter.of(client);
        Json last = client.follower().follow(run, from, printer);
        printer.close();
        if (Outcomes.succeeded(last)) return Exit.OK;
        if (client.json()) return Exit.NOT_SUCCEEDED;
        String view = client.api()
                .send(Api.Request.get("/v1/runs/" + Api.encode(run)), Api.Patience.LONG)
                .body();
        return Outcomes.exit(Json.parse(view), client);
    }
}
