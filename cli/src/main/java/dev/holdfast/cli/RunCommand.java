package dev.holdfast.cli;

import dev.holdfast.core.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast run}. */
@Command(
        name = "run",
        description = {
            "Starts a run of a task, and prints its id.",
            "",
            "When the id is printed, the run is durable: it ends once, whatever dies. The start carries a request id that"
                    + " is reused while the server is away (up to 10 s), so that it never makes two runs.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:started; with --wait or --follow: succeeded",
            Exit.RUN_LINE,
            Exit.USAGE_LINE,
            Exit.REFUSED_LINE,
            Exit.UNREACHABLE_LINE,
            Exit.INTERNAL_LINE
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  holdfast run noop",
            "  holdfast run wordcount --follow --input '{\"path\":\"docs\",\"glob\":\"**/*.md\"}'",
            "  holdfast run wordcount --input @order.json --key order-17 --wait",
            "  holdfast run wordcount --input @order.json --debounce cart-7 --quiet 5s",
            "  holdfast run approval --input '{\"what\":\"the new prices\"}' --lane prices",
            "  holdfast run fanout --batch '[{\"children\":2},{\"children\":3}]'",
            "  echo '{\"failures\":2}' | holdfast run flaky --input - --json",
        })
final class RunCommand implements Callable<Integer> {
    @Mixin
    private Client client = new Client();

    @Parameters(paramLabel = "TASK", description = "Name of a task that the server hosts.")
    private String task = "";

    @Option(
            names = "--input",
            paramLabel = "JSON|@FILE|-",
            description = "The input: JSON, a file with it, or - for standard input. Default: null.")
    private String input = "null";

    @Option(
            names = "--batch",
            paramLabel = "JSON|@FILE|-",
            description = "A list of inputs: one run for each of them, all started at once or none. Prints their ids.")
    private @Nullable String batch;

    @ArgGroup(exclusive = false, validate = false, heading = "%nIdentity:%n")
    private Identity identity = new Identity();

    @ArgGroup(exclusive = false, validate = false, heading = "%nWhen and how long (500ms, 5s, 10m, 2h, 7d, PT5S):%n")
    private Timing timing = new Timing();

    @ArgGroup(exclusive = false, heading = "%nBursts of starts:%n")
    private @Nullable Debounce debounce;

    @Option(
            names = "--lane",
            paramLabel = "LANE",
            description =
                    "The part of the task's queue that it is in. Default: the one that the task names by the input.")
    private @Nullable String lane;

    @Option(names = "--tag", paramLabel = "TAG", description = "For finding it again; may be repeated.")
    private List<String> tags = new ArrayList<>();

    @ArgGroup(exclusive = true)
    private Mode mode = new Mode();

    /** How a repetition is recognised. */
    static final class Identity {
        @Option(
                names = "--key",
                paramLabel = "KEY",
                description = "Business key: one run per task and key while it lives, and 30 days after it succeeded.")
        private @Nullable String key;

        @Option(
                names = "--request-id",
                paramLabel = "ID",
                description =
                        "Of this very call, in ASCII: a repetition within 24 hours answers the same run. Default: a new one.")
        private @Nullable String requestId;
    }

    /** Durations, as text: the server understands them. */
    static final class Timing {
        @Option(names = "--delay", paramLabel = "TIME", description = "Not before this has passed.")
        private @Nullable String delay;

        @Option(names = "--ttl", paramLabel = "TIME", description = "Expires if it was not started within this.")
        private @Nullable String ttl;

        @Option(names = "--priority", paramLabel = "TIME", description = "Its place in the queue is earlier by this.")
        private @Nullable String priority;

        @Option(names = "--max-duration", paramLabel = "TIME", description = "From the first start to the end.")
        private @Nullable String maxDuration;
    }

    /** Starts that follow each other are one run. */
    static final class Debounce {
        @Option(
                names = "--debounce",
                paramLabel = "KEY",
                required = true,
                description = "Starts with this key that follow each other are one run, with the input of the last.")
        private String key = "";

        @Option(
                names = "--quiet",
                paramLabel = "TIME",
                required = true,
                description = "It begins when there was no such start for so long.")
        private String quiet = "";
    }

    /** What to do after the start. */
    static final class Mode {
        @Option(names = "--follow", description = "Print what the run sends, then its result.")
        private boolean follow;

        @Option(names = "--wait", description = "Wait for the end, and print the result.")
        private boolean wait;
    }

    @Override
    public Integer call() {
        if (batch != null && (mode.follow || mode.wait || !input.equals("null"))) {
            throw Failure.usage("usage", "--batch starts many runs: it does not go with --input, --follow or --wait");
        }
        String body = body();
        if (Text.hasHalf(body)) {
            throw Failure.refused(
                    "text_invalid", "--key, --debounce, --lane or --tag has half of a surrogate pair: remove it");
        }
        String requestId = identity.requestId == null ? UUID.randomUUID().toString() : identity.requestId;
        if (requestId.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw Failure.usage("text_invalid", "--request-id can have printable ASCII characters only");
        }
        String path = batch == null ? "/v1/tasks/" + Api.encode(task) + "/runs" : "/v1/batches";
        var request = new Api.Request("POST", path, body, requestId);
        Api api = client.api();
        String answer = api.send(request, Api.Patience.LONG).body();
        if (batch != null) return begun(answer);
        if (mode.follow) return Watching.follow(client, api, answer);
        return mode.wait ? Watching.await(client, api, answer) : Watching.started(client, answer);
    }

    private int begun(String answer) {
        if (client.json()) client.print(answer);
        else
            for (Json run : Json.parse(answer).at("runs").items())
                client.print(run.at("id").text());
        return Exit.OK;
    }

    private String body() {
        String inputs = batch;
        String value =
                inputs == null ? new JsonInput("--input", input).json() : new JsonInput("--batch", inputs).json();
        return Json.write(out -> {
            out.writeStartObject();
            if (inputs != null) out.writeStringProperty("task", task);
            out.writeName(inputs == null ? "input" : "inputs");
            out.writeRawValue(value);
            text(out, "key", identity.key);
            text(out, "lane", lane);
            text(out, "delay", timing.delay);
            if (debounce != null) {
                out.writeName("debounce");
                out.writeStartObject();
                out.writeStringProperty("key", debounce.key);
                out.writeStringProperty("quiet", debounce.quiet);
                out.writeEndObject();
            }
            text(out, "ttl", timing.ttl);
            text(out, "priority", timing.priority);
            text(out, "maxDuration", timing.maxDuration);
            out.writeName("tags");
            out.writeStartArray();
            for (String tag : tags) out.writeString(tag);
            out.writeEndArray();
            out.writeEndObject();
        });
    }

    private static void text(tools.jackson.core.JsonGenerator out, String name, @Nullable String value) {
        if (value != null) out.writeStringProperty(name, value);
    }
}
