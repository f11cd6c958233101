package dev.holdfast.cli;

import dev.holdfast.server.ServerOptions;
import dev.holdfast.server.TlsFiles;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast server}. Only the options are here: the server is loaded when it is started. */
@Command(
        name = "server",
        description = {
            "Runs one of many nodes that share a PostgreSQL database: engine, API, page and the example tasks.",
            "",
            "Nodes are alike: a run that was started on one may execute on any, and each of them shows all runs. What a node"
                    + " executes when it dies goes on elsewhere within milliseconds. One that is cut off from the database"
                    + " stops what it executes, halts itself if that does not leave, and joins again by itself otherwise.",
            "When it serves, it prints one line: ready http://127.0.0.1:PORT. The tables are made in schema holdfast of the"
                    + " database; its user needs the right to make them.",
            "It listens beyond this machine only if there is an API key ('holdfast keys create'); use TLS there.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "2:wrong usage",
            "3:cannot serve: port_in_use, host_unknown, keys_required, tls_files, database_url, database_unreachable, database_login,"
                    + " database_missing, database_rights, database_pooler, database_version, replica_is_primary, replica_foreign, schema_too_new,"
                    + " schema_incompatible and so on; it says what to fix",
            "4:the database has failed while the node was starting",
            Exit.INTERNAL_LINE,
            "70:it was cut off, code did not leave, and it has halted itself: start it again",
            "130:ended by Ctrl-C, cleanly",
            "143:ended by SIGTERM, cleanly: what it executed goes on elsewhere"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  holdfast server --postgres postgres://app:secret@db/app --node blue",
            "  HOLDFAST_POSTGRES='postgres://app:secret@db/app?sslmode=verify-full' holdfast server --port 7008"
        })
final class ServerCommand implements Callable<Integer> {
    @Mixin
    private Ready ready = new Ready();

    @Mixin
    private Database database = new Database();

    @Option(
            names = "--replica",
            paramLabel = "URL",
            defaultValue = "${env:HOLDFAST_REPLICA}",
            description =
                    "A hot standby of the database, which answers lists of runs and snapshots since a cursor; a reader"
                            + " who is ahead of it is answered by the database. Default: $HOLDFAST_REPLICA, or none.")
    private @Nullable String replica;

    @Option(names = "--node", paramLabel = "LABEL", description = "Its name, for people. Default: that of the machine.")
    private @Nullable String label;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "The address to listen on; 0.0.0.0 for all. Others than this machine need a key. Default:"
                    + " 127.0.0.1.")
    private String host = "127.0.0.1";

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "Speak TLS, with this certificate and those that vouch for it, in PEM.")
    private @Nullable Path certificates;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key: PEM, PKCS #8, not encrypted.")
    private @Nullable Path key;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "7007",
            description = "0 picks a free one. Default: 7007.")
    private int port = 7007;

    @Mixin
    private Hosting hosting = new Hosting();

    @Override
    public Integer call() throws InterruptedException {
        var node = new ClusterServer(database.url(), replica, label, hosting.options());
        return Serving.run(() -> node.server(options()), node::node, ready::print);
    }

    private ServerOptions options() {
        var plain = Serving.options(port).host(host);
        if (certificates != null && key != null) return plain.tls(new TlsFiles(certificates, key));
        if (certificates == null && key == null) return plain;
        throw Failure.usage(
                "usage", "--tls-cert and --tls-key are given together: the certificate, and its private key");
    }
}
