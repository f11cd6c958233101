package dev.holdfast.cli;

import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast unschedule}. */
@Command(
        name = "unschedule",
        description = "Removes a schedule. The runs that it has started stay.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {Exit.OK_LINE, Exit.USAGE_LINE, Exit.REFUSED_LINE, Exit.UNREACHABLE_LINE, Exit.INTERNAL_LINE},
        footerHeading = "%nExample:%n",
        footer = "  holdfast unschedule nightly")
final class UnscheduleCommand implements Callable<Integer> {
    @Mixin
    private Client client = new Client();

    @Parameters(paramLabel = "NAME", description = "Name of the schedule.")
    private String name = "";

    @Override
    public Integer call() {
        var request = new Api.Request(
                "DELETE",
                "/v1/schedules/" + Api.encode(name),
                null,
                UUID.randomUUID().toString());
        client.api().send(request, Api.Patience.SHORT);
        if (client.json()) {
            client.print(Json.write(out -> {
                out.writeStartObject();
                out.writeStringProperty("name", name);
                out.writeBooleanProperty("deleted", true);
                out.writeEndObject();
            }));
        } else {
            client.print("schedule '" + name + "' is deleted");
        }
        return Exit.OK;
    }
}
