package dev.holdfast.cli;

import dev.holdfast.examples.Examples;
import dev.holdfast.sdk.Hosted;
import dev.holdfast.server.ServerOptions;
import dev.holdfast.server.TlsFiles;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast server}. Only the options are here: the server is loaded when it is started. */
@Command(
        name = "server",
        description = {
            "Runs one of many nodes that share a PostgreSQL database: engine, API and page.",
            "",
            "Nodes are alike: a run that was started on one may execute on any, and each of them shows all runs. What"
                    + " a node executes when it dies goes on elsewhere within milliseconds. One that is cut off from the"
                    + " database stops what it executes, halts itself if that does not leave, and joins again by itself"
                    + " otherwise.",
            "Your tasks execute in your own program, which is a node of the same cluster (Holdfast.cluster; with an"
                    + " API and a page of its own: docs/operations.md). This one hosts none, unless it is told to host the"
                    + " examples.",
            "When it serves, it prints one line: ready http://127.0.0.1:PORT. The tables are made in schema holdfast"
                    + " of the database by the first node; its user needs the right to make them only if they are"
                    + " missing, and to change them only if they are of an older version.",
            "Others than this machine reach it (--host, --origin) only if there is an API key ('holdfast keys"
                    + " create'); use TLS there.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "2:wrong usage",
            "3:cannot serve: it prints one of the codes below, and what to fix",
            "4:the database has failed while the node was starting",
            Exit.INTERNAL_LINE,
            "70:it was cut off, code did not leave, and it has halted itself: start it again",
            "130:ended by Ctrl-C, cleanly",
            "143:ended by SIGTERM, cleanly: what it executed goes on elsewhere"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  holdfast server --postgres postgres://app:secret@db/app --node blue --examples",
            "  holdfast server --postgres postgres://app:secret@db/app --nats"
                    + " nats://n1:4222,nats://n2:4222,nats://n3:4222",
            "  HOLDFAST_POSTGRES='postgres://app:secret@db/app?sslmode=verify-full' holdfast server --port 7008",
            "",
            "Codes of exit code 3:",
            "  port_in_use, port_forbidden, port_invalid, host_unknown    where it is to listen: the port is taken,"
                    + " needs a",
            "                     right, or is none; the address is of another machine",
            "  keys_required      others than this machine could do everything: make a key first",
            "  tls_files          a file of TLS is missing, is none, or key and certificate are not of each other",
            "  origin_invalid     --origin or --allow-origin is no origin of a page",
            "  database_url       the URL, or a setting in it, is wrong",
            "  database_unreachable, database_tls, database_login, database_missing, database_connections",
            "                     no session can be had: no server, no TLS, no such user, no such database, none is"
                    + " free",
            "  database_pooler, database_version, database_is_replica, database_rights, database_setting,"
                    + " database_failed",
            "                     the database is not fit: a pooler, too old, a standby, lacking rights, a setting; or"
                    + " it",
            "                     refuses what it is asked",
            "  replica_is_primary, replica_foreign    --replica leads to no hot standby of the database",
            "  nats_url, nats_unreachable, nats_login, nats_tls, nats_credentials, nats_jetstream, nats_payload,"
                    + " nats_rights,",
            "  nats_name, nats_stream    --nats: no server, not let in, no JetStream, lacking rights, or its stream is"
                    + " not as it",
            "                     is to be",
            "  streams_elsewhere    a node that is there has the streams of runs in another place than --nats says",
            "  schema_too_new, schema_incompatible, migration_failed    its tables, or nodes that are there, are of"
                    + " another version",
            "  node_number        the locks of all numbers are taken by something that is no node"
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

    @Mixin
    private Nats nats = new Nats();

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
            names = "--origin",
            paramLabel = "URL",
            description =
                    "Where browsers see its page if that is not its own address, such as https://runs.example.com of a"
                            + " balancer that speaks TLS in its place. Pages of other origins may not change anything."
                            + " Unless it is of this machine, it needs a key. May be repeated.")
    private List<String> origins = List.of();

    @Mixin
    private Allowing allowing = new Allowing();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "7007",
            description = "0 picks a free one. Default: 7007.")
    private int port = 7007;

    @Option(
            names = "--examples",
            description =
                    "Host the example tasks, for a trial: some of them read and write whatever file of this machine"
                            + " they are told, so whoever has a key to start runs may do so.")
    private boolean examples;

    @Mixin
    private Hosting hosting = new Hosting();

    @Override
    public Integer call() throws InterruptedException {
        List<Hosted> tasks = examples ? Examples.all() : List.of();
        var where = new ClusterServer.Where(database.url(), replica, nats.options());
        var node = new ClusterServer(where, label, hosting.options(), tasks);
        return Serving.run(() -> node.server(options()), node::node, this::serves);
    }

    private void serves(URI url) {
        if (!examples) {
            ready.note(
                    "this node hosts no tasks: runs execute on nodes of the cluster that host theirs; --examples hosts"
                            + " the example tasks");
        }
        ready.print(url);
    }

    private ServerOptions options() {
        var plain = allowing.in(Serving.options(port).host(host));
        for (String origin : origins) plain = plain.origin(origin);
        if (certificates != null && key != null) return plain.tls(new TlsFiles(certificates, key));
        if (certificates == null && key == null) return plain;
        throw Failure.usage(
                "usage", "--tls-cert and --tls-key are given together: the certificate, and its private key");
    }
}
