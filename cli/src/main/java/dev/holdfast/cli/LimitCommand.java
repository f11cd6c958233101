package dev.holdfast.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JsonGenerator;

/** {@code holdfast limit}. */
@Command(
        name = "limit",
        description = {
            "Limits how many runs of a queue execute at once, over all and in each of its lanes.",
            "",
            "A limit that is not named stays as it is. What executes beyond a lower limit finishes. A serial lane has one"
                    + " slot, whatever the limit.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {Exit.OK_LINE, Exit.USAGE_LINE, Exit.REFUSED_LINE, Exit.UNREACHABLE_LINE, Exit.INTERNAL_LINE},
        footerHeading = "%nExamples:%n",
        footer = {
            "  holdfast limit mail --concurrency 10 --lane-concurrency 2",
            "  holdfast limit mail --concurrency none",
        })
final class LimitCommand implements Callable<Integer> {
    @Mixin
    private Client client = new Client();

    @Parameters(paramLabel = "QUEUE", description = "Name of the queue.")
    private String queue = "";

    @Option(names = "--concurrency", paramLabel = "N|none", description = "Of the whole queue, on all nodes together.")
    private @Nullable String concurrency;

    @Option(names = "--lane-concurrency", paramLabel = "N|none", description = "Of each of its concurrent lanes.")
    private @Nullable String laneConcurrency;

    @Override
    public Integer call() {
        if (concurrency == null && laneConcurrency == null) {
            throw Failure.usage("usage", "name --concurrency or --lane-concurrency, or both: a number, or none");
        }
        String answer = new QueueChange(queue, null, body()).ask(client);
        if (client.json()) client.print(answer);
        else QueueTable.queues(List.of(Json.parse(answer)), client);
        return Exit.OK;
    }

    private String body() {
        return Json.write(out -> {
            out.writeStartObject();
            limit(out, "--concurrency", "concurrency", concurrency);
            limit(out, "--lane-concurrency", "laneConcurrency", laneConcurrency);
            out.writeEndObject();
        });
    }

    private static void limit(JsonGenerator out, String option, String name, @Nullable String wanted) {
        if (wanted == null) return;
        out.writeName(name);
        if (wanted.equals("none")) {
            out.writeNull();
            return;
        }
        try {
            out.writeNumber(Integer.parseInt(wanted));
        } catch (NumberFormatException e) {
            throw Failure.usage("usage", option + " is '" + wanted + "' but must be a whole number from 1 on, or none");
        }
    }
}
