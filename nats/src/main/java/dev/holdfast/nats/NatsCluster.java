package dev.holdfast.nats;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.Peers;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.port.Threads;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.api.StreamInfo;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A NATS, as the nodes of one cluster use it. It connects again by itself for as long as it is open.
 *
 * <pre>{@code
 * try (var nats = NatsCluster.open(NatsOptions.at("nats://n1,nats://n2,nats://n3"), "7351…-16384", threads)) {
 *     StreamLog log = nats.log(ledger, peers);
 * }
 * }</pre>
 */
public final class NatsCluster implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NatsCluster.class);
    private static final Duration CLOSING = Duration.ofSeconds(2);

    private final Connection connection;
    private final Wire wire;
    private final Positions positions = new Positions();
    private final NatsPost post;
    private final String identity;

    private NatsCluster(Connection connection, Parts parts, String identity) {
        this.connection = connection;
        this.wire = parts.wire();
        this.post = parts.post();
        this.identity = identity;
    }

    /**
     * Connects, and sees to it that there is a stream, for as many streams of runs as there will be.
     *
     * @param origin what no other cluster has: two that share a NATS never meet
     * @throws Refused {@code nats_url}, {@code nats_unreachable}, {@code nats_login}, {@code nats_tls}, {@code nats_credentials},
     *     {@code nats_jetstream}, {@code nats_payload}, {@code nats_rights}, {@code nats_stream}: what to fix
     * @throws Unavailable if it fails meanwhile
     */
    public static NatsCluster open(NatsOptions options, String origin, Threads threads) throws HoldfastException {
        var names = Names.of(options, origin);
        var boot = new Boot(options);
        var events = new Events();
        Connection connection = boot.connect(events);
        try {
            var stream = boot.prepare(connection, names);
            var wire = new Wire(connection, threads, names);
            var post = new NatsPost(wire, names.nodes());
            var parts = new Parts(wire, post);
            events.cluster.set(parts);
            return new NatsCluster(connection, parts, identity(stream));
        } catch (RuntimeException | Error e) {
            close(connection);
            throw e;
        }
    }

    /** One that we have made has an id in its description. */
    private static String identity(StreamInfo stream) {
        var configuration = stream.getConfiguration();
        return configuration.getName() + " " + configuration.getDescription();
    }

    private record Parts(Wire wire, NatsPost post) {}

    /** Those of the connection, also before there is anybody to tell. */
    private static final class Events implements ConnectionListener {
        final AtomicReference<@Nullable Parts> cluster = new AtomicReference<>();

        /** The other way to be told leads here. */
        @Override
        @SuppressWarnings("deprecation")
        public void connectionEvent(Connection connection, ConnectionListener.Events event) {
            Parts parts = cluster.get();
            if (parts == null) return;
            switch (event) {
                case DISCONNECTED -> {
                    LOG.warn("the connection to NATS broke: what is sent waits until it is back");
                    parts.wire().broke();
                }
                case RESUBSCRIBED -> {
                    LOG.info("NATS is back");
                    parts.post().isBack();
                }
                default -> {}
            }
        }
    }

    /**
     * Streams of runs, for one life of a node. Whoever closes it closes nothing else.
     *
     * @param ledger that says whose a run is, and which are there
     * @param peers those who look after what is left over as this one does
     */
    public StreamLog log(Ledger ledger, Peers peers) {
        var walk = new Leftovers.Walk(() -> Duration.ofMinutes(Math.max(1, peers.alive())), 5_000, Duration.ofHours(1));
        return log(ledger, walk);
    }

    StreamLog log(Ledger ledger, Leftovers.Walk walk) {
        var reads = ledger.reads();
        return new NatsLog(
                wire, positions, new Appends(wire, positions, reads), new Leftovers(wire, reads, ledger::now, walk));
    }

    /** Which stream it is, whatever address leads to it: of another one, on another NATS or in another account, it is another. */
    public String identity() {
        return identity;
    }

    /** Carries what nodes say to each other. */
    public NatsPost post() {
        return post;
    }

    /**
     * Looks at nothing: it knows what became of what was sent last.
     *
     * @throws Unavailable {@code nats_away}, {@code nats_full}, {@code nats_stream_missing}, {@code nats_failed}: what keeps
     *     anything from being stored now
     */
    public void demandThere() {
        wire.demandThere();
    }

    static void close(Connection connection) {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        post.close();
        try {
            if (wire.isConnected()) connection.flush(CLOSING);
        } catch (TimeoutException | IllegalStateException e) {
            LOG.debug("NATS did not take the last words", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close(connection);
    }
}
