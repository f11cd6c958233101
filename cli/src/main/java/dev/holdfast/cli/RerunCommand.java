package dev.holdfast.cli;

import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast rerun}. */
@Command(
        name = "rerun",
        description = {
            "Starts a run that does again what another one does, and prints its id.",
            "",
            "It has the input, the tags and the lane of the old run, and the code that is hosted now. With --from it takes"
                    + " over what was recorded before that step, and does that step and all after it again. The old run stays"
                    + " as it is.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:started; with --follow: succeeded",
            Exit.RUN_LINE,
            Exit.USAGE_LINE,
            Exit.REFUSED_LINE,
            Exit.UNREACHABLE_LINE,
            Exit.INTERNAL_LINE
        },
        footerHeading = "%nExamples:%n",
        footer = {"  holdfast rerun run_…", "  holdfast rerun run_… --from 3 --follow"})
final class RerunCommand implements Callable<Integer> {
    @Mixin
    private Client client = new Client();

    @Parameters(paramLabel = "RUN", description = "Id of the run.")
    private String run = "";

    @Option(
            names = "--from",
            paramLabel = "STEP",
            description = "Key or name of the first step that is done again ('holdfast show' lists them)."
                    + " Default: everything is done again.")
    private @Nullable String from;

    @Option(names = "--follow", description = "Print what the new run sends, then its result.")
    private boolean follow;

    @Override
    public Integer call() {
        String body = Json.write(out -> {
            out.writeStartObject();
            if (from != null) out.writeStringProperty("from", from);
            out.writeEndObject();
        });
        var request = new Api.Request(
                "POST",
                "/v1/runs/" + Api.encode(run) + "/rerun",
                body,
                UUID.randomUUID().toString());
        Api api = client.api();
        String answer = api.send(request, Api.Patience.LONG).body();
        return follow ? Watching.follow(client, api, answer) : Watching.started(client, answer);
    }
}
