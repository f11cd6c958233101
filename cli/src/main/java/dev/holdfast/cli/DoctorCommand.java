package dev.holdfast.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast doctor}. */
@Command(
        name = "doctor",
        description = {
            "Checks Java, the data folder and its disk, the ledger, the server, the clocks and what waits, and says"
                    + " what to fix. If a database is named, it is that instead of the folder: what a boot looks at, TLS,"
                    + " the schema, who holds back vacuum, room for sessions, what a failover may lose, the replica, and"
                    + " NATS.",
            "",
            "Nothing is changed; a ledger in use is read beside its server. The ledger of a folder is read as a whole,"
                    + " which takes about a second for each gigabyte.",
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
        footer = {
            "  holdfast doctor",
            "  holdfast doctor --data /srv/holdfast --url http://127.0.0.1:7100 --json",
            "  holdfast doctor --postgres 'postgres://app:secret@db/app?sslmode=verify-full'"
        })
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private Client client = new Client();

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            description = "The data folder. Default: ./.holdfast, if no database is named.")
    private @Nullable Path data;

    @Option(
            names = "--postgres",
            paramLabel = "URL",
            defaultValue = "${env:HOLDFAST_POSTGRES}",
            description =
                    "The database that nodes share, as of 'holdfast server'. Default: $HOLDFAST_POSTGRES, or none.")
    private @Nullable String postgres;

    @Option(
            names = "--replica",
            paramLabel = "URL",
            defaultValue = "${env:HOLDFAST_REPLICA}",
            description = "A replica of it. Default: $HOLDFAST_REPLICA, or none.")
    private @Nullable String replica;

    @Mixin
    private Nats nats = new Nats();

    @Override
    public Integer call() {
        boolean named = postgres != null && !postgres.isEmpty();
        if (named) Serving.quieten();
        Path folder = data == null && !named ? Path.of(".holdfast") : data;
        var database = named ? new DatabaseChecks(String.valueOf(postgres), replica) : null;
        var findings = new ArrayList<>(new Doctor(folder, database, client.api()).examine());
        var streams = nats.options();
        if (streams != null && named) findings.addAll(new NatsChecks(streams, String.valueOf(postgres)).examine());
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
