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
            "Limits how many runs of a queue execute at once, over all and in each of its lanes, and how often they are given"
                    + " to anybody.",
            "",
            "A limit that is not named stays as it is. What executes beyond a lower limit finishes. A serial lane has one"
                    + " slot, whatever the limit. For a rate every time counts that a run is given to anybody: the first,"
                    + " one after a failure or a loss, one after a wait.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {Exit.OK_LINE, Exit.USAGE_LINE, Exit.REFUSED_LINE, Exit.UNREACHABLE_LINE, Exit.INTERNAL_LINE},
        footerHeading = "%nExamples:%n",
        footer = {
            "  holdfast limit mail --concurrency 10 --lane-concurrency 2",
            "  holdfast limit mail --rate 100/60s",
            "  holdfast limit mail --concurrency none --rate none",
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

    @Option(
            names = "--rate",
            paramLabel = "N/TIME|none",
            description = "At most N runs in any TIME (500ms, 5s, 10m, 2h; at most 1d).")
    private @Nullable String rate;

    @Override
    public Integer call() {
        if (concurrency == null && laneConcurrency == null && rate == null) {
            throw Failure.usage(
                    "usage",
                    "name --concurrency or --lane-concurrency (a number, or none), or --rate (100/60s, or none)");
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
            rate(out);
            out.writeEndObject();
        });
    }

    private void rate(JsonGenerator out) {
        if (rate == null) return;
        out.writeName("rate");
        if (rate.equals("none")) {
            out.writeNull();
            return;
        }
        int slash = rate.indexOf('/');
        try {
            int count = Integer.parseInt(rate.substring(0, Math.max(0, slash)));
            out.writeStartObject();
            out.writeNumberProperty("count", count);
            out.writeStringProperty("per", rate.substring(slash + 1));
            out.writeEndObject();
        } catch (NumberFormatException e) {
            throw Failure.usage("usage", "--rate is '" + rate + "' but must be like 100/60s, or none");
        }
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
