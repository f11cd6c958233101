package dev.holdfast.acceptance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.drills.JavaCommand;
import dev.holdfast.drills.ServerProcess;
import dev.holdfast.localpg.Ports;
import dev.holdfast.localpg.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What a test of processes plays on: a folder of its own, servers in it, and the command line. After the test every
 * process that it started is killed; if it failed, the folder (data, server logs, what commands printed) is kept under
 * {@code target/evidence}.
 */
final class Stage implements BeforeEachCallback, AfterEachCallback {
    /** Generous: a test must not fail because the machine is busy. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Store store;
    private final List<ServerProcess> servers = new ArrayList<>();
    private final List<Cli.Running> commands = new ArrayList<>();
    private @Nullable TestDatabase database;
    private Path folder = Path.of("");
    private int port;

    Stage() {
        this(Store.usual());
    }

    /** @param store of the servers that are not told where else */
    Stage(Store store) {
        this.store = store;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        StartCache.use();
        folder = Files.createTempDirectory("holdfast-acceptance-");
        port = Ports.free();
        database = store == Store.POSTGRES ? TestDatabase.fresh() : null;
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        commands.forEach(Cli.Running::kill);
        servers.forEach(ServerProcess::close);
        for (ServerProcess server : servers) {
            try {
                server.awaitExit(PATIENCE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (context.getExecutionException().isPresent()) {
            String test = context.getRequiredTestClass().getSimpleName() + "-"
                    + context.getRequiredTestMethod().getName();
            Path evidence = evidence(test);
            copy(folder, evidence);
            context.publishReportEntry("evidence", evidence.toString());
        }
        delete(folder);
        if (database != null) database.close();
    }

    /** For what takes long, and would show the same again. */
    void onlyOn(Store wanted) {
        assumeTrue(store == wanted || Store.usual() == store, "takes long; shown on " + wanted);
    }

    /** The test's own folder. */
    Path folder() {
        return folder;
    }

    /** The data folder of servers that are not given another one. */
    Path data() {
        return folder.resolve("data");
    }

    int port() {
        return port;
    }

    /** A server on the test's store and port, ready to serve. */
    ServerProcess serve() throws InterruptedException {
        return ready(begin());
    }

    /** As {@link #serve}, just started. */
    ServerProcess begin() {
        return database == null ? start(data(), port) : node(database.url().toString(), "server", port);
    }

    /** As {@link #serve}, with these options of the virtual machine. */
    ServerProcess serveWith(String... options) throws InterruptedException {
        var plain = new ServerProcess.Setup(data(), port, folder.resolve("server.log"));
        var command = new ArrayList<>(plain.command());
        command.addAll(1, List.of(options));
        return ready(start(new ServerProcess.Setup(plain.data(), plain.port(), plain.log(), command)));
    }

    /** As {@link #serve}, also to pages of this origin. */
    ServerProcess serveTo(String origin) throws InterruptedException {
        var plain = new ServerProcess.Setup(data(), port, folder.resolve("server.log"));
        var command = new ArrayList<>(
                database == null ? plain.command() : nodeCommand(database.url().toString(), "server", port));
        command.addAll(List.of("--allow-origin", origin));
        return ready(start(new ServerProcess.Setup(plain.data(), port, plain.log(), command)));
    }

    /** {@code holdfast dev}, just started. */
    ServerProcess start(Path data, int onPort) {
        return start(new ServerProcess.Setup(data, onPort, folder.resolve("server.log")));
    }

    /** A server with the tasks of {@link Host}, ready to serve. */
    ServerProcess host(Host.Edition edition) throws InterruptedException {
        String place = database == null ? data().toString() : database.url().toString();
        List<String> command = JavaCommand.like(Host.class.getName(), place, Integer.toString(port), edition.name());
        return ready(start(new ServerProcess.Setup(data(), port, folder.resolve("server.log"), command)));
    }

    /** {@code holdfast server}, just started: one of many nodes, on a port of its own. */
    ServerProcess node(String postgres, String label, int onPort) {
        return node(label, onPort, nodeCommand(postgres, label, onPort));
    }

    /** The same, with room for this many runs at a time. */
    ServerProcess node(String postgres, String label, int onPort, int slots) {
        var command = new ArrayList<>(nodeCommand(postgres, label, onPort));
        command.addAll(List.of("--slots", Integer.toString(slots)));
        return node(label, onPort, command);
    }

    /** The same, with the streams of runs on this NATS. */
    ServerProcess node(String postgres, String nats, String label, int onPort) {
        var command = new ArrayList<>(nodeCommand(postgres, label, onPort));
        command.addAll(List.of("--nats", nats));
        return node(label, onPort, command);
    }

    /** The same, without code of its own: it shows and takes what others execute. */
    ServerProcess front(String postgres, String label, int onPort) {
        var command = new ArrayList<>(nodeCommand(postgres, label, onPort));
        command.remove("--examples");
        return node(label, onPort, command);
    }

    /** The same, with these in its environment. */
    ServerProcess node(String postgres, String label, int onPort, Map<String, String> environment) {
        var log = folder.resolve(label + ".log");
        return start(new ServerProcess.Setup(data(), onPort, log, nodeCommand(postgres, label, onPort), environment));
    }

    private ServerProcess node(String label, int onPort, List<String> command) {
        return start(new ServerProcess.Setup(data(), onPort, folder.resolve(label + ".log"), command));
    }

    static List<String> nodeCommand(String postgres, String label, int onPort) {
        String port = Integer.toString(onPort);
        return JavaCommand.like(
                "dev.holdfast.cli.Main",
                "server",
                "--postgres",
                postgres,
                "--node",
                label,
                "--port",
                port,
                "--examples");
    }

    private ServerProcess start(ServerProcess.Setup setup) {
        var server = ServerProcess.start(setup);
        servers.add(server);
        return server;
    }

    private static ServerProcess ready(ServerProcess server) throws InterruptedException {
        server.awaitReady(PATIENCE);
        return server;
    }

    /** The API of the server on the test's port; every answer is checked against its description. */
    CheckedApi api() {
        return new CheckedApi(port);
    }

    /** The command line, speaking to the server on the test's port. */
    Cli cli() {
        return new Cli(folder, port, commands);
    }

    /** Where what people look at is kept, whatever became of the test. */
    static Path evidence(String name) {
        return Path.of(System.getProperty("holdfast.evidence", "target/evidence"))
                .resolve(name);
    }

    static void copy(Path from, Path to) throws IOException {
        try (var walk = Files.walk(from)) {
            for (Path path : walk.toList()) {
                Path copy = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(copy);
                } else if (Files.isRegularFile(path)) {
                    Files.createDirectories(copy.getParent());
                    Files.deleteIfExists(copy);
                    Files.copy(path, copy);
                }
            }
        }
    }

    private static void delete(Path folder) {
        try (var walk = Files.walk(folder)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
