package dev.holdfast.cli;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.examples.Examples;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.NodeOptions;
import dev.holdfast.server.Server;
import dev.holdfast.server.ServerOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** What {@code holdfast dev} runs. */
final class DevServer {
    /** How long running code may take to leave after Ctrl-C. */
    private static final Duration DRAIN = Duration.ofSeconds(2);
    /** Whatever hangs, the process ends after this; what was not finished goes on at the next start. */
    private static final Duration STOP = Duration.ofSeconds(8);

    private DevServer() {}

    /**
     * Serves until the process is told to end.
     *
     * @param keep how long runs are kept that have ended
     * @param ready is told where it serves
     */
    static int run(Path data, int port, Duration keep, Consumer<URI> ready) throws InterruptedException {
        quieten();
        Server server = open(port);
        Holdfast holdfast;
        try {
            var engine =
                    EngineOptions.defaults().retention(keep).drainGrace(DRAIN).meter(server.meter());
            holdfast = Holdfast.open(data, NodeOptions.defaults().engine(engine), Examples.all());
        } catch (HoldfastException e) {
            server.close();
            throw Failure.of(e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, holdfast), "holdfast-stop"));
        server.serve(holdfast);
        ready.accept(server.url());
        new CountDownLatch(1).await();
        return Exit.OK;
    }

    private static Server open(int port) {
        try {
            return Server.open(ServerOptions.onPort(port));
        } catch (IllegalArgumentException e) {
            throw Failure.refused("port_invalid", String.valueOf(e.getMessage()));
        } catch (HoldfastException e) {
            throw Failure.of(e);
        }
    }

    private static void stop(Server server, Holdfast holdfast) {
        Thread closing = Thread.ofPlatform().daemon().name("holdfast-close").start(() -> {
            server.close();
            holdfast.close();
        });
        try {
            closing.join(STOP);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Warnings and errors, a line each. */
    private static void quieten() {
        System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tF %1$tT %4$s %3$s: %5$s%6$s%n");
        Logger.getLogger("").setLevel(Level.WARNING);
    }
}
