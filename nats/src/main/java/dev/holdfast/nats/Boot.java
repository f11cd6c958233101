package dev.holdfast.nats;

import dev.holdfast.core.Refused;
import dev.holdfast.core.Unavailable;
import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.Replica;
import io.nats.client.api.StreamInfo;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way to NATS: a connection, and the stream, with all that can be wrong with them. What is refused says what to fix. */
final class Boot {
    private static final Logger LOG = LoggerFactory.getLogger(Boot.class);
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(2);
    /** A cluster of servers that begins. */
    private static final Duration ELECTION = Duration.ofSeconds(20);

    private static final Duration AGAIN = Duration.ofMillis(250);
    private static final Duration PING = Duration.ofSeconds(2);
    /** A chunk and its headers fit in half of it. */
    private static final long LEAST_PAYLOAD = 512_000;

    private static final int NO_STREAM = 10059;
    private static final int NAME_IN_USE = 10058;

    private final NatsOptions options;
    private final Servers servers;
    /** What a server said last that was no answer. */
    private final AtomicReference<String> said = new AtomicReference<>("");

    /** What a try to connect failed of last. */
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    Boot(NatsOptions options) {
        this.options = options;
        this.servers = Servers.of(options.urls());
    }

    /** Connects, and goes on connecting for as long as it is not closed. */
    Connection connect(ConnectionListener listener) {
        var builder = new Options.Builder()
                .servers(servers.all().toArray(String[]::new))
                .connectionName("holdfast")
                .connectionTimeout(CONNECT)
                .pingInterval(PING)
                .maxReconnects(-1)
                .reconnectWait(AGAIN)
                // What is said while nobody hears it is said again by whoever needs an answer.
                .reconnectBufferSize(0)
                .connectionListener(listener)
                .errorListener(new Ear());
        if (options.credentials() != null) builder.authHandler(Credentials.read(options.credentials()));
        try {
            return Nats.connect(builder.build());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Unavailable.notApplied("nats_unreachable", "interrupted while it connected to " + where(), e);
        } catch (IOException e) {
            throw unreachable(e);
        } catch (IllegalArgumentException e) {
            throw new Refused(
                    "nats_url",
                    "the address of NATS is none: " + Servers.withoutSecrets(String.valueOf(e.getMessage())));
        }
    }

    private RuntimeException unreachable(IOException e) {
        Refused refused = reason(e);
        // The client keeps to itself what its last try failed of.
        Exception heard = failure.get();
        if (refused == null && heard != null) refused = reason(heard);
        if (refused != null) return refused;
        return new Refused(
                "nats_unreachable",
                "NATS does not answer at " + where() + " (" + Servers.withoutSecrets(String.valueOf(e.getMessage()))
                        + "): start it, or check the addresses and what is between");
    }

    /** If it says more than that nobody answers. */
    private @Nullable Refused reason(Exception e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            String text = String.valueOf(t.getMessage()).toLowerCase(Locale.ROOT);
            if (t instanceof AuthenticationException
                    || text.contains("authorization")
                    || text.contains("authentication")) {
                return new Refused(
                        "nats_login",
                        "NATS at " + where() + " does not let this user in: check user and password, token or file of"
                                + " credentials");
            }
            if (t instanceof GeneralSecurityException || t instanceof SSLException || text.contains("ssl")) {
                return new Refused(
                        "nats_tls",
                        "no encrypted connection to NATS at " + where() + " comes about ("
                                + Servers.withoutSecrets(String.valueOf(t.getMessage()))
                                + "): use tls:// exactly if the server asks for TLS, and have Java trust who signed its"
                                + " certificate (-Djavax.net.ssl.trustStore)");
            }
        }
        return null;
    }

    /** For people. */
    String where() {
        return servers.shown();
    }

    private Shape shape(Names names) {
        return new Shape(names, options.replicas());
    }

    /** Looks whether JetStream is there and fit, and makes the stream if it is not there. */
    StreamInfo prepare(Connection connection, Names names) {
        demandPayload(connection);
        long until = System.nanoTime() + ELECTION.toNanos();
        while (true) {
            try {
                var management = management(connection);
                var shape = shape(names);
                StreamInfo present = present(management, names);
                if (present == null) present = management.addStream(shape.wanted(connection));
                shape.demand(present.getConfiguration(), where());
                return present;
            } catch (IOException e) {
                // Servers that have just been started have not found their leader.
                boolean comes = connection.getServerInfo().isJetStreamAvailable() && !isForbidden();
                if (!comes || System.nanoTime() - until > 0) throw noJetStream(e);
            } catch (JetStreamApiException e) {
                // Another node makes it at the same time, and knows of more servers, or of fewer.
                if (e.getApiErrorCode() != NAME_IN_USE || System.nanoTime() - until > 0) throw refused(e, names);
            }
        }
    }

    private boolean isForbidden() {
        return said.get().toLowerCase(Locale.ROOT).contains("permissions violation");
    }

    /** The same without making anything; null if the stream is not there. */
    NatsInspection.@Nullable Stream look(Connection connection, Names names) {
        demandPayload(connection);
        try {
            var management = management(connection);
            management.getAccountStatistics();
            StreamInfo present = present(management, names);
            if (present == null) return null;
            shape(names).demand(present.getConfiguration(), where());
            var state = present.getStreamState();
            return new NatsInspection.Stream(
                    present.getConfiguration().getReplicas(),
                    upToDate(present),
                    state.getMsgCount(),
                    state.getByteCount());
        } catch (IOException e) {
            throw noJetStream(e);
        } catch (JetStreamApiException e) {
            throw refused(e, names);
        }
    }

    private static int upToDate(StreamInfo stream) {
        var cluster = stream.getClusterInfo();
        if (cluster == null || cluster.getReplicas() == null) return 1;
        return 1
                + (int) cluster.getReplicas().stream()
                        .filter(Replica::isCurrent)
                        .count();
    }

    private static JetStreamManagement management(Connection connection) throws IOException {
        return connection.jetStreamManagement(
                JetStreamOptions.builder().requestTimeout(ANSWER).build());
    }

    private void demandPayload(Connection connection) {
        long payload = connection.getServerInfo().getMaxPayload();
        if (payload < LEAST_PAYLOAD) {
            throw new Refused(
                    "nats_payload",
                    "NATS at " + where() + " takes no message above " + payload + " bytes, and chunks need "
                            + LEAST_PAYLOAD + ": raise max_payload in its configuration");
        }
    }

    private static @Nullable StreamInfo present(JetStreamManagement management, Names names)
            throws IOException, JetStreamApiException {
        try {
            return management.getStreamInfo(names.stream());
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == NO_STREAM) return null;
            throw e;
        }
    }

    private RuntimeException refused(JetStreamApiException e, Names names) {
        return switch (e.getApiErrorCode()) {
            case 10039, 10076, 10035 -> noJetStream(e);
            default ->
                new Refused(
                        "nats_stream",
                        "JetStream of NATS at " + where() + " refuses the stream " + names.stream() + ": "
                                + e.getErrorDescription()
                                + " (" + e.getApiErrorCode()
                                + "). See its limits, how many servers it has for replicas, and"
                                + " which other streams have such subjects");
        };
    }

    private Refused noJetStream(Exception e) {
        String heard = said.get();
        if (isForbidden()) {
            return new Refused(
                    "nats_rights",
                    "this user may not do at NATS at " + where() + " what a node does (" + heard
                            + "): give it the rights that docs/nats.md lists");
        }
        return new Refused(
                "nats_jetstream",
                "NATS at " + where() + " has no JetStream for this user (" + e.getMessage()
                        + "): start it with -js or a jetstream block in its configuration, and enable it for the"
                        + " account");
    }

    /** What the client hears beside answers. */
    private final class Ear implements ErrorListener {
        @Override
        public void errorOccurred(Connection connection, String error) {
            said.set(error);
            LOG.warn("NATS says: {}", error);
        }

        @Override
        public void exceptionOccurred(Connection connection, Exception exception) {
            failure.set(exception);
            LOG.debug("the connection to NATS has failed", exception);
        }
    }
}
