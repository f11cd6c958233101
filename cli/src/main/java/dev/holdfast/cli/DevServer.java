package dev.holdfast.cli;

import dev.holdfast.engine.EngineOptions;
import dev.holdfast.examples.Examples;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.NodeOptions;
import dev.holdfast.server.Server;
import dev.holdfast.server.ServerOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What {@code holdfast dev} runs. */
final class DevServer {
    /** How long running code may take to leave after Ctrl-C. */
    private static final Duration DRAIN = Duration.ofSeconds(2);

    private DevServer() {}

    /**
     * Serves until the process is told to end.
     *
     * @param options how it listens
     * @param hosting how it hosts the examples
     * @param ready is told where it serves
     */
    static int run(Path data, Supplier<ServerOptions> options, EngineOptions hosting, Consumer<URI> ready)
            throws InterruptedException {
        return Serving.run(() -> Server.open(options.get()), server -> node(data, hosting, server), ready);
    }

    private static Holdfast node(Path data, EngineOptions hosting, Server server) {
        var engine = hosting.drainGrace(DRAIN).meter(server.meter());
        return Holdfast.open(data, NodeOptions.defaults().engine(engine), Examples.all());
    }
}
