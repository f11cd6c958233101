package dev.holdfast.cli;

import dev.holdfast.core.LimitsTable;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code holdfast limits}. */
@Command(
        name = "limits",
        description = "Prints every default and limit of this version, as docs/limits.md has them.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {Exit.OK_LINE, Exit.USAGE_LINE, Exit.INTERNAL_LINE},
        footerHeading = "%nExamples:%n",
        footer = {"  holdfast limits", "  holdfast limits --json"})
final class LimitsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", description = "Print {limits: [{name, value, what}]}. " + Client.JSON_ERRORS)
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (json) out.println(json());
        else out.print(LimitsTable.markdown());
        out.flush();
        return Exit.OK;
    }

    private static String json() {
        return Json.write(out -> {
            out.writeStartObject();
            out.writeName("limits");
            out.writeStartArray();
            LimitsTable.rows().forEach((name, row) -> {
                out.writeStartObject();
                out.writeStringProperty("name", name);
                out.writeStringProperty("value", row.value());
                out.writeStringProperty("what", row.what());
                out.writeEndObject();
            });
            out.writeEndArray();
            out.writeEndObject();
        });
    }
}
