package dev.holdfast.cli;

import dev.holdfast.examples.Examples;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.NodeOptions;
import dev.holdfast.server.Server;
import dev.holdfast.server.ServerOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What the launcher does once after a build: serves on a free port from a temporary folder, asks itself what people ask
 * most, and ends. The classes that this needs go into the start-up cache, so that the first real answer is a quick one.
 */
@Command(name = "rehearse", hidden = true, description = "Serves and asks itself once, for the start-up cache.")
final class RehearseCommand implements Callable<Integer> {
    @Option(names = "--cluster", description = "As a node of a cluster too, which takes over from another one.")
    private boolean cluster;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("holdfast-rehearsal");
        try (var server = Server.open(ServerOptions.onPort(0));
                var holdfast = Holdfast.open(folder, NodeOptions.defaults(), Examples.all())) {
            server.serve(holdfast);
            String url = server.url().toString();
            String run = Json.parse(ask("run", "noop", "--follow", "--json", "--url", url)
                            .lines()
                            .findFirst()
                            .orElse("{}"))
                    .at("id")
                    .text();
            ask("show", run, "--url", url);
            ask("show", run, "--json", "--url", url);
            ask("runs", "--url", url);
            ask("explain", run, "--url", url);
            ask("queues", "--url", url);
            ask("nodes", "--url", url);
            // Changes of queues are made by another client of the JDK than everything else.
            ask("resume", "default", "--url", url);
            if (cluster) takeOver(Files.createDirectory(folder.resolve("counted")));
        } finally {
            remove(folder);
        }
        return Exit.OK;
    }

    /** Without it the cache is still good for everything else. */
    private static void takeOver(Path folder) throws IOException, InterruptedException {
        try {
            ClusterRehearsal.in(folder);
        } catch (RuntimeException e) {
            System.err.println("No takeover was rehearsed: " + e);
        }
    }

    private static String ask(String... command) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exit = Main.run(command, new PrintWriter(out), new PrintWriter(err));
        if (exit != Exit.OK) throw Failure.internal(String.join(" ", command) + " ended with " + exit + ": " + err);
        return out.toString();
    }

    private static void remove(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        }
    }
}
