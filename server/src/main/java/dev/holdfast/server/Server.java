package dev.holdfast.server;

import dev.holdfast.core.Refused;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.Runs;
import io.helidon.webserver.WebServer;
import java.net.BindException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP API and the page of a node, on the loopback address.
 *
 * <p>It listens as soon as it is open, and answers {@code 503 starting} until it is given a node; {@code /readyz} tells
 * which of the two it is.
 *
 * <pre>{@code
 * try (var server = Server.open(ServerOptions.onPort(7007))) {
 *     server.serve(node);
 *     System.out.println("ready " + server.url());
 * }
 * }</pre>
 */
public final class Server implements AutoCloseable {
    private static final Duration IDLE = Duration.ofHours(1);

    private final Requests requests = new Requests();
    private final Watchers watchers;
    private final WebServer web;
    private volatile @Nullable Node node;
    private volatile boolean closing;
    private @Nullable Metrics metrics;

    private Server(ServerOptions options) {
        this.watchers = new Watchers(this::runs, options);
        var dispatcher = new Dispatcher(router(), requests);
        this.web = WebServer.builder()
                .address(InetAddress.getLoopbackAddress())
                .port(options.port())
                .shutdownHook(false)
                .shutdownGracePeriod(options.grace())
                // Watchers only read; by default their connections would be cut after five minutes.
                .idleConnectionTimeout(IDLE)
                .directHandlers(Dispatcher.malformed())
                .routing(routing -> routing.any(dispatcher::handle))
                .build();
    }

    /**
     * Opens the port.
     *
     * @throws Refused {@code port_in_use}
     */
    public static Server open(ServerOptions options) {
        var server = new Server(options);
        try {
            server.web.start();
        } catch (RuntimeException e) {
            server.watchers.close();
            if (!isBind(e)) throw e;
            throw new Refused(
                    "port_in_use",
                    "port " + options.port()
                            + " of 127.0.0.1 is taken by another program: stop it, or choose another port (0 for any free one)");
        }
        return server;
    }

    private static boolean isBind(@Nullable Throwable error) {
        for (Throwable t = error; t != null; t = t.getCause()) {
            if (t instanceof BindException) return true;
        }
        return false;
    }

    /** From now on requests are answered from this node. */
    public void serve(Node ready) {
        node = ready;
    }

    /** Where it listens, such as {@code http://127.0.0.1:7007}. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + web.port());
    }

    List<Router.Route> routes() {
        return router().routes();
    }

    private Router router() {
        var routes = new ArrayList<Router.Route>();
        routes.addAll(new RunsApi(this::runs).routes());
        routes.addAll(watchers.routes());
        routes.addAll(new NodeApi(() -> closing ? null : node, this::metricsPage).routes());
        routes.addAll(new Pages().routes());
        return new Router(routes);
    }

    private Runs runs() {
        if (closing)
            throw Unavailable.notApplied("closing", "this process is shutting down; ask again in a moment", null);
        Node ready = node;
        if (ready == null) {
            throw Unavailable.notApplied(
                    "starting", "this process has just started and is not ready yet; ask again in a moment", null);
        }
        return ready.runs();
    }

    private synchronized Metrics metrics() {
        Metrics there = metrics;
        if (there == null) {
            there = new Metrics(this::figures);
            metrics = there;
        }
        return there;
    }

    private Answer metricsPage() throws Exception {
        return metrics().page();
    }

    private List<Figure> figures() {
        var all = new ArrayList<Figure>();
        Node ready = node;
        if (ready != null) all.addAll(ready.figures());
        all.addAll(requests.figures());
        all.add(Figure.gauge("holdfast.watchers", "Streams that are open", Map.of(), watchers.open()));
        return all;
    }

    /** Ends every stream, lets requests that are being answered finish for the grace of the options, and frees the port. */
    @Override
    public void close() {
        closing = true;
        watchers.close();
        web.stop();
    }
}
