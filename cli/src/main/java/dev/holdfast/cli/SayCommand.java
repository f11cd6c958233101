package dev.holdfast.cli;

import dev.holdfast.core.Text;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast say}. */
@Command(
        name = "say",
        description = {
            "Says something in a conversation: starts its next turn, and prints the id of that run.",
            "",
            "The turns of a thread follow one another: this one begins when those before it have ended. The input of the run"
                    + " is {\"message\": MESSAGE}.",
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
        footer = {"  holdfast say t1 'hello, how are you?' --follow", "  holdfast say t1 hello --task support"})
final class SayCommand implements Callable<Integer> {
    @Mixin
    private Client client = new Client();

    @Parameters(index = "0", paramLabel = "THREAD", description = "Name of the thread.")
    private String thread = "";

    @Parameters(index = "1", paramLabel = "MESSAGE", description = "What is said: a text.")
    private String message = "";

    @Option(names = "--task", paramLabel = "TASK", description = "Who takes the turn. Default: chat.")
    private @Nullable String task;

    @Option(names = "--follow", description = "Print the answer as it comes, then the result.")
    private boolean follow;

    @Override
    public Integer call() {
        if (Text.hasHalf(message)) {
            throw Failure.refused("text_invalid", "the message has half of a surrogate pair: remove it");
        }
        String body = Json.write(out -> {
            out.writeStartObject();
            if (task != null) out.writeStringProperty("task", task);
            out.writeName("input");
            out.writeStartObject();
            out.writeStringProperty("message", message);
            out.writeEndObject();
            out.writeEndObject();
        });
        var request = new Api.Request(
                "POST",
                "/v1/threads/" + Api.encode(thread) + "/messages",
                body,
                UUID.randomUUID().toString());
        Api api = client.api();
        String answer = api.send(request, Api.Patience.LONG).body();
        return follow ? Watching.follow(client, api, answer) : Watching.started(client, answer);
    }
}
