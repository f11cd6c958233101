package dev.holdfast.cli;

import java.time.Duration;
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
            "When it serves, it prints one line: ready http://127.0.0.1:PORT. It listens on this machine only. The tables are"
                    + " made in schema holdfast of the database; its user needs the right to make them.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "2:wrong usage",
            "3:cannot serve: port_in_use, host_unknown, host_not_loopback, database_url, database_unreachable, database_login,"
                    + " database_missing, database_rights, database_pooler, database_version, schema_too_new,"
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

    @Option(names = "--node", paramLabel = "LABEL", description = "Its name, for people. Default: that of the machine.")
    private @Nullable String label;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "The address to listen on; one of this machine alone. Default: 127.0.0.1.")
    private String host = "127.0.0.1";

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "7007",
            description = "0 picks a free one. Default: 7007.")
    private int port = 7007;

    @Option(
            names = "--keep",
            paramLabel = "DAYS",
            defaultValue = "30",
            description = "How many days runs are kept that have ended; then they are removed. The same on all nodes."
                    + " Default: 30.")
    private int keep = 30;

    @Override
    public Integer call() throws InterruptedException {
        if (keep < 1) throw Failure.usage("usage", "--keep is at least 1 day, and " + keep + " was given");
        var node = new ClusterServer(database.url(), label, Duration.ofDays(keep));
        return Serving.run(Serving.options(port).host(host), node::node, ready::print);
    }
}
