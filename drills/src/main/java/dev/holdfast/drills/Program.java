package dev.holdfast.drills;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** What the nodes of a drill are made of: a program that says {@code ready http://…} when it serves. */
interface Program {
    /** The command line of Holdfast. */
    String MAIN = "dev.holdfast.cli.Main";

    /** How a node is started on this database, under this label, with this port and this log. */
    ServerProcess.Setup node(Database database, String label, int port, Path log);

    /** Whether clients reach a node of this label. */
    default boolean isReached(String label) {
        return true;
    }

    /**
     * {@code holdfast server}, on the Java and the class path of this process.
     *
     * @param options of each node besides
     */
    static Program server(String... options) {
        return (database, label, port, log) -> new ServerProcess.Setup(
                log, port, log, JavaCommand.like(MAIN, arguments(label, port, options)), environment(database));
    }

    /** The same, with more in the environment of each node. */
    default Program with(Map<String, String> environment) {
        return (database, label, port, log) -> {
            var setup = node(database, label, port, log);
            var all = new HashMap<>(setup.environment());
            all.putAll(environment);
            return new ServerProcess.Setup(setup.data(), port, log, setup.command(), all);
        };
    }

    private static String[] arguments(String label, int port, String... options) {
        var own = Stream.of("server", "--port", Integer.toString(port), "--node", label, "--examples");
        return Stream.concat(own, Stream.of(options)).toArray(String[]::new);
    }

    /** Not on the command line, which everybody on the machine can read. */
    private static Map<String, String> environment(Database database) {
        String replica = database.replica();
        return replica == null
                ? Map.of("HOLDFAST_POSTGRES", database.url())
                : Map.of("HOLDFAST_POSTGRES", database.url(), "HOLDFAST_REPLICA", replica);
    }
}
