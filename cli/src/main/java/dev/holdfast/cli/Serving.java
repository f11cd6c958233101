package dev.holdfast.cli;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.node.Holdfast;
import dev.holdfast.server.Server;
import dev.holdfast.server.ServerOptions;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A process that serves a node until it is told to end. */
final class Serving {
    /** Whatever hangs, the process ends after this; what was not finished goes on at the next start, or elsewhere. */
    private static final Duration STOP = Duration.ofSeconds(8);

    private Serving() {}

    /**
     * @param opening takes the port
     * @param node opens it, when the port is taken
     * @param ready is told where it serves
     */
    static int run(Supplier<Server> opening, Function<Server, Holdfast> node, Consumer<URI> ready)
            throws InterruptedException {
        quieten();
        Server server = open(opening);
        // It may be told to end while it opens, and has claimed runs by then.
        var opened = new CompletableFuture<Holdfast>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, opened), "holdfast-stop"));
        try {
            server.serve(open(node, server, opened));
        } catch (HoldfastException e) {
            server.close();
            throw Failure.of(e);
        }
        ready.accept(server.url());
        new CountDownLatch(1).await();
        return Exit.OK;
    }

    static ServerOptions options(int port) {
        try {
            return ServerOptions.onPort(port);
        } catch (IllegalArgumentException e) {
            throw Failure.refused("port_invalid", String.valueOf(e.getMessage()));
        }
    }

    private static Server open(Supplier<Server> opening) {
        try {
            return opening.get();
        } catch (HoldfastException e) {
            throw Failure.of(e);
        }
    }

    private static Holdfast open(Function<Server, Holdfast> node, Server server, CompletableFuture<Holdfast> opened) {
        try {
            Holdfast holdfast = node.apply(server);
            opened.complete(holdfast);
            return holdfast;
        } catch (RuntimeException | Error e) {
            opened.completeExceptionally(e);
            throw e;
        }
    }

    /** First nobody is sent here any more; then what executes is given up, while whoever asks is told so. */
    private static void stop(Server server, CompletableFuture<Holdfast> opened) {
        Thread closing = Thread.ofPlatform().daemon().name("holdfast-close").start(() -> {
            server.retire();
            Holdfast holdfast = opened.handle((node, failure) -> node).join();
            if (holdfast != null) holdfast.close();
            server.close();
        });
        try {
            closing.join(STOP);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Warnings and errors, a line each. */
    static void quieten() {
        System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tF %1$tT %4$s %3$s: %5$s%6$s%n");
        Logger.getLogger("").setLevel(Level.WARNING);
    }
}
