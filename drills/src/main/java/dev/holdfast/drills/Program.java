package dev.holdfast.drills;

import java.nio.file.Path;
import java.util.Map;

/** What the nodes of a drill are made of: a program that says {@code ready http://…} when it serves. */
interface Program {
    /** How a node is started on this database, under this label, with this port and this log. */
    ServerProcess.Setup node(Database database, String label, int port, Path log);

    /** {@code holdfast server}, on the Java and the class path of this process. */
    static Program server() {
        return (database, label, port, log) -> new ServerProcess.Setup(
                log,
                port,
                log,
                JavaCommand.like("dev.holdfast.cli.Main", "server", "--port", Integer.toString(port), "--node", label),
                // Not on the command line, which everybody on the machine can read.
                Map.of("HOLDFAST_POSTGRES", database.url()));
    }
}
