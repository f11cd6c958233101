package dev.holdfast.cli;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JsonGenerator;

/** {@code holdfast schedule}. */
@Command(
        name = "schedule",
        description = {
            "Declares a schedule: it starts a run of a task whenever its cron expression says so. Pauses or resumes one.",
            "",
            "The same declaration again changes nothing; another one takes its place from now on. Each firing starts one"
                    + " run, whatever dies. A local time that the clocks leave out fires when they were put forward; one"
                    + " that they show twice fires the first time.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {Exit.OK_LINE, Exit.USAGE_LINE, Exit.REFUSED_LINE, Exit.UNREACHABLE_LINE, Exit.INTERNAL_LINE},
        footerHeading = "%nExamples:%n",
        footer = {
            "  holdfast schedule nightly --cron '0 3 * * *' --zone Europe/Berlin wordcount --input '{\"path\":\"docs\"}'",
            "  holdfast schedule often --cron '*/10 * * * * *' --missed all noop",
            "  holdfast schedule nightly --pause",
        })
final class ScheduleCommand implements Callable<Integer> {
    @Mixin
    private Client client = new Client();

    @Parameters(index = "0", paramLabel = "NAME", description = "Name of the schedule.")
    private String name = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "TASK", description = "Name of a task that the server hosts.")
    private @Nullable String task;

    @ArgGroup(exclusive = false, validate = false, heading = "%nWhen:%n")
    private When when = new When();

    @ArgGroup(exclusive = false, validate = false, heading = "%nEach run:%n")
    private Each each = new Each();

    @ArgGroup(exclusive = true)
    private Turn turn = new Turn();

    /** When it fires. */
    static final class When {
        @Option(
                names = "--cron",
                paramLabel = "EXPR",
                description = "Minute, hour, day of the month, month, day of the week; a second may stand before them.")
        private @Nullable String cron;

        @Option(names = "--zone", paramLabel = "ZONE", description = "Such as Europe/Berlin. Default: UTC.")
        private @Nullable String zone;

        @Option(
                names = "--missed",
                paramLabel = "skip|latest|all",
                description =
                        "What becomes of firings that were missed: nothing, one run for the newest (default), or all.")
        private @Nullable String missed;
    }

    /** What each run is like. */
    static final class Each {
        @Option(
                names = "--input",
                paramLabel = "JSON|@FILE|-",
                description = "The input: JSON, a file with it, or - for standard input. Default: null.")
        private String input = "null";

        @Option(names = "--lane", paramLabel = "LANE", description = "The part of the task's queue that it is in.")
        private @Nullable String lane;

        @Option(names = "--ttl", paramLabel = "TIME", description = "It expires if it has not started within this.")
        private @Nullable String ttl;
    }

    /** Whether it fires. */
    static final class Turn {
        @Option(names = "--pause", description = "It does not fire until it is resumed.")
        private boolean off;

        @Option(names = "--resume", description = "It fires again, from now on.")
        private boolean on;
    }

    @Override
    public Integer call() {
        boolean turns = turn.on || turn.off;
        if (turns == (task != null || when.cron != null)) {
            throw Failure.usage(
                    "usage", "declare it by --cron EXPR and a TASK, or name --pause or --resume, and nothing else");
        }
        String answer =
                turns ? send("PATCH", turn.off ? "{\"paused\":true}" : "{\"paused\":false}") : send("PUT", body());
        if (client.json()) client.print(answer);
        else ScheduleTable.print(List.of(Json.parse(answer)), client);
        return Exit.OK;
    }

    private String send(String method, String body) {
        var request = new Api.Request(
                method,
                "/v1/schedules/" + Api.encode(name),
                body,
                UUID.randomUUID().toString());
        return client.api().send(request, Api.Patience.SHORT).body();
    }

    private String body() {
        String input = new JsonInput("--input", each.input).json();
        return Json.write(out -> {
            out.writeStartObject();
            text(out, "cron", when.cron);
            text(out, "zone", when.zone);
            text(out, "missed", when.missed);
            text(out, "task", task);
            out.writeName("input");
            out.writeRawValue(input);
            text(out, "lane", each.lane);
            text(out, "ttl", each.ttl);
            out.writeEndObject();
        });
    }

    private static void text(JsonGenerator out, String name, @Nullable String value) {
        if (value != null) out.writeStringProperty(name, value);
    }
}
