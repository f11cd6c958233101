package dev.holdfast.server;

import dev.holdfast.core.Refused;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.LedgerFigures;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.KeyBook;
import dev.holdfast.node.Ring;
import io.helidon.common.tls.Tls;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http1.Http1Config;
import io.opentelemetry.api.metrics.Meter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP API and the page of a node.
 *
 * <p>It listens as soon as it is open, and answers {@code 503 starting} until it is given a node; {@code /readyz} tells
 * which of the two it is, and why a node takes nothing at the moment.
 *
 * <pre>{@code
 * try (var server = Server.open(ServerOptions.onPort(7007))) {
 *     var engine = EngineOptions.defaults().meter(server.meter());
 *     server.serve(Holdfast.open(folder, NodeOptions.defaults().engine(engine), hosted));
 *     System.out.println("ready " + server.url());
 * }
 * }</pre>
 */
public final class Server implements AutoCloseable {
    private static final Duration IDLE = Duration.ofHours(1);

    /** How long the page of metrics waits for what only the database knows. */
    private static final Duration GLANCE = Duration.ofMillis(500);

    private final Requests requests = new Requests();
    private final Metrics metrics = new Metrics(this::figures);
    private final Recent<KeyBook> keys = new Recent<>(() -> ready().keys());
    private final Recent<Ring> ring = new Recent<>(() -> ready().ring());
    private final Recent<Long> unhosted = new Recent<>(() -> ready().unhosted());
    private final Endpoint endpoint;
    private final Guard guard;
    private final Watchers watchers;
    private final Arrivals arrivals;
    private final WebServer web;
    private volatile @Nullable Node node;
    private volatile boolean closing;

    private Server(ServerOptions options, Endpoint endpoint, @Nullable SSLContext tls) {
        this.endpoint = endpoint;
        this.guard = new Guard(endpoint, keys, () -> ready().demandOpen());
        this.watchers = new Watchers(() -> ready().runs(), keys, options);
        this.arrivals = new Arrivals(options.arrival());
        Router router = router();
        var sharing = new Sharing(options.origins(), router);
        var dispatcher = new Dispatcher(router, sharing, requests, arrivals, guard);
        var web = WebServer.builder()
                .address(endpoint.address())
                .port(options.port())
                .shutdownHook(false)
                .shutdownGracePeriod(options.grace())
                // Watchers only read; by default their connections would be cut after five minutes.
                .idleConnectionTimeout(IDLE)
                // One protocol: with a choice, what fits none is not answered at all.
                .protocolsDiscoverServices(false)
                .addProtocol(Http1Config.builder().addReceiveListener(arrivals).build())
                .directHandlers(Dispatcher.malformed())
                .routing(routing -> routing.any(dispatcher::handle));
        if (tls != null) web.tls(Tls.builder().sslContext(tls).build());
        this.web = web.build();
    }

    /**
     * Opens the port, for this machine only.
     *
     * @throws Refused {@code port_in_use}, {@code port_forbidden}, {@code host_unknown}, {@code tls_files};
     *     {@code keys_required} if others reach it
     */
    public static Server open(ServerOptions options) {
        return open(options, KeyBook::empty);
    }

    /**
     * Opens the port, perhaps for others than this machine.
     *
     * <pre>{@code
     * Server server = Server.open(options, () -> KeyBook.at(url));
     * }</pre>
     *
     * @param keys of the cluster whose node it will be given: asked for before anything is opened, if others reach it
     * @throws Refused {@code port_in_use}, {@code port_forbidden}, {@code host_unknown}, {@code tls_files};
     *     {@code keys_required} if others than this machine could do everything: they reach the address, or an origin that the
     *     options name, and there is no API key
     * @throws Unavailable if the keys cannot be read
     */
    public static Server open(ServerOptions options, Supplier<KeyBook> keys) {
        Endpoint endpoint = Endpoint.of(options);
        TlsFiles files = options.tls();
        SSLContext tls = files == null ? null : Pem.context(files);
        endpoint.demandKeys(keys);
        endpoint.demandFree(options.port());
        var server = new Server(options, endpoint, tls);
        server.web.start();
        // Helidon logs why, and does not throw.
        if (!server.web.isRunning()) {
            server.watchers.close();
            server.arrivals.close();
            throw endpoint.taken(options.port(), "it was taken while this was starting");
        }
        return server;
    }

    /** From now on requests are answered from this node. */
    public void serve(Holdfast holdfast) {
        serve(Node.of(holdfast));
    }

    void serve(Node ready) {
        node = ready;
    }

    /** What the engine of the node counts with, to be seen at {@code /metrics}. */
    public Meter meter() {
        return metrics.meter();
    }

    /** Where it listens, such as {@code http://127.0.0.1:7007}. */
    public URI url() {
        return endpoint.url(web.port());
    }

    /** The same for other machines: by the name of this one, if it listens on all of its addresses. */
    public URI outside() {
        return endpoint.outside(web.port());
    }

    List<Router.Route> routes() {
        return router().routes();
    }

    private Router router() {
        var routes = new ArrayList<Router.Route>();
        routes.addAll(new RunsApi(this::ready).routes());
        routes.addAll(new SendingApi(() -> ready().runs()).routes());
        routes.addAll(new QueuesApi(this::ready).routes());
        routes.addAll(new SchedulesApi(this::ready).routes());
        routes.addAll(new ThreadsApi(this::ready).routes());
        routes.addAll(watchers.routes());
        routes.addAll(new LinksApi(() -> ready().runs(), keys, endpoint).routes());
        routes.addAll(new NodeApi(this::ready, metrics::page).routes());
        routes.addAll(new RingApi(ring).routes());
        routes.addAll(new Pages().routes());
        return new Router(routes);
    }

    private Node ready() {
        if (closing)
            throw Unavailable.notApplied("closing", "this process is shutting down; ask again in a moment", null);
        Node ready = node;
        if (ready == null) {
            throw Unavailable.notApplied(
                    "starting",
                    "this process has just started, and what was running when it ended is being taken up; ask again in a"
                            + " moment",
                    null);
        }
        return ready;
    }

    private List<Figure> figures() throws InterruptedException {
        var all = new ArrayList<Figure>();
        Node ready = node;
        try {
            if (ready != null) node(ready, all);
        } catch (Unavailable e) {
            // It has no engine at the moment, and so there is nothing to count.
        }
        try {
            all.add(Figure.gauge(
                    "holdfast.runs.unhosted",
                    "Runs that wait for code that no node hosts",
                    Map.of(),
                    unhosted.within(GLANCE, GLANCE)));
        } catch (Unavailable e) {
            // Left out: what was known last would be taken for what is.
        }
        all.addAll(requests.figures());
        all.add(Figure.gauge("holdfast.watchers", "Streams that are open", Map.of(), watchers.open()));
        return all;
    }

    private static void node(Node node, List<Figure> all) {
        LedgerFigures ledger = node.figures();
        all.add(Figure.gauge("holdfast.executing", "Attempts that execute now", Map.of(), node.executing()));
        all.add(Figure.counter("holdfast.ledger.batches", "Transactions committed", Map.of(), ledger.batches()));
        all.add(Figure.counter("holdfast.ledger.changes", "Changes answered", Map.of(), ledger.changes()));
        all.add(Figure.counter("holdfast.ledger.stale", "Changes refused by the fence", Map.of(), ledger.stale()));
        byPowersOfTwo(ledger.batchSizes())
                .forEach((size, count) -> all.add(Figure.counter(
                        "holdfast.ledger.batch.size",
                        "Batches with at most so many changes, and more than half as many",
                        Map.of("up_to", Integer.toString(size)),
                        count)));
    }

    private static Map<Integer, Long> byPowersOfTwo(Map<Integer, Long> exact) {
        var groups = new TreeMap<Integer, Long>();
        exact.forEach(
                (size, count) -> groups.merge(size <= 1 ? 1 : Integer.highestOneBit(size - 1) * 2, count, Long::sum));
        return groups;
    }

    /**
     * From now on it is not ready, and refuses what is asked with {@code closing}; streams end. So whoever asks goes on
     * elsewhere while the node gives up what it holds.
     */
    public void retire() {
        closing = true;
        watchers.close();
    }

    /** Ends every stream, lets requests that are being answered finish for the grace of the options, and frees the port. */
    @Override
    public void close() {
        retire();
        web.stop();
        arrivals.close();
    }
}
