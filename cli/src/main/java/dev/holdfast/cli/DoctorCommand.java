package dev.holdfast.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast doctor}. */
@Command(
        name = "doctor",
        description = {
            "Checks Java, the data folder and its disk, the ledger, the server, the clocks and what waits, and says what to"
                    + " fix.",
            "",
            "Nothing is changed; a ledger in use is read beside its server. The ledger is read as a whole, which takes"
                    + " about a second for each gigabyte.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all is well; there may be hints",
            "1:something does not work",
            Exit.USAGE_LINE,
            Exit.INTERNAL_LINE
        },
        footerHeading = "%nExamples:%n",
        footer = {"  holdfast doctor", "  holdfast doctor --data /srv/holdfast --url http://127.0.0.1:7100 --json"})
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private Client client = new Client();

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            defaultValue = "./.holdfast",
            description = "The data folder. Default: ./.holdfast.")
    private Path data = Path.of(".holdfast");

    @Override
    public Integer call() {
        List<Finding> findings = new Doctor(data, client.api()).examine();
        if (client.json()) {
            client.print(Json.write(out -> {
                out.writeStartObject();
                out.writeBooleanProperty("ok", findings.stream().noneMatch(Finding::bad));
                out.writeName("checks");
                out.writeStartArray();
                for (Finding finding : findings) finding.write(out);
                out.writeEndArray();
                out.writeEndObject();
            }));
        } else {
            findings.forEach(finding -> client.print(finding.line()));
        }
        return findings.stream().anyMatch(Finding::bad) ? Exit.NOT_SUCCEEDED : Exit.OK;
    }
}
