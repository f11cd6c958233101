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
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.Replica;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

    private final NatsOptions options;
    /** What a server said last that was no answer. */
    private final AtomicReference<String> said = new AtomicReference<>("");

    Boot(NatsOptions options) {
        this.options = options;
    }

    /** Connects, and goes on connecting for as long as it is not closed. */
    Connection connect(ConnectionListener listener) {
        List<String> servers = servers();
        var builder = new Options.Builder()
                .servers(servers.toArray(String[]::new))
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
                    "nats_url", "the address of NATS is none: " + withoutSecrets(String.valueOf(e.getMessage())));
        }
    }

    private List<String> servers() {
        List<String> servers = Stream.of(options.urls().split(","))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .toList();
        if (servers.isEmpty()) throw new Refused("nats_url", "no address of NATS is given: nats://host:4222");
        for (String each : servers) {
            try {
                var uri = URI.create(each.contains("://") ? each : "nats://" + each);
                boolean known = List.of("nats", "tls", "opentls", "ws", "wss").contains(uri.getScheme());
                if (uri.getHost() != null && known) continue;
            } catch (IllegalArgumentException e) {
                // Said below, without what may be a password.
            }
            throw new Refused(
                    "nats_url",
                    "an address of NATS is none: it is nats://host:4222, with user:password@ or token@ before the host"
                            + " if need be, or tls://host:4222; a character of a password that is none of an address is"
                            + " percent-encoded");
        }
        return servers;
    }

    /** The addresses, without passwords. */
    String where() {
        return servers().stream()
                .map(each -> each.replaceFirst("//[^@/]*@", "//").replaceFirst("^[^/@]*@", ""))
                .collect(Collectors.joining(", "));
    }

    private String withoutSecrets(String text) {
        return text.replaceAll("//[^@/ ]*@", "//");
    }

    private RuntimeException unreachable(IOException e) {
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
            if (t instanceof GeneralSecurityException
                    || t instanceof javax.net.ssl.SSLException
                    || text.contains("ssl")) {
                return new Refused(
                        "nats_tls",
                        "no encrypted connection to NATS at " + where() + " comes about (" + t.getMessage()
                                + "): use tls:// exactly if the server asks for TLS, and have Java trust who signed its"
                                + " certificate (-Djavax.net.ssl.trustStore)");
            }
        }
        return new Refused(
                "nats_unreachable",
                "NATS does not answer at " + where() + " (" + withoutSecrets(String.valueOf(e.getMessage()))
                        + "): start it, or check the addresses and what is between");
    }

    /** Looks whether JetStream is there and fit, and makes the stream if it is not there. */
    void prepare(Connection connection, Names names) {
        demandPayload(connection);
        long until = System.nanoTime() + ELECTION.toNanos();
        while (true) {
            try {
                var management = management(connection);
                var wanted = wanted(connection, names);
                var present = present(management, names);
                fit(present == null ? made(management, wanted) : present.getConfiguration(), wanted);
                return;
            } catch (IOException e) {
                // Servers that have just been started have not found their leader.
                boolean comes = connection.getServerInfo().isJetStreamAvailable() && !isForbidden();
                if (!comes || System.nanoTime() - until > 0) throw noJetStream(e);
            } catch (JetStreamApiException e) {
                throw refused(e, names);
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
            fit(present.getConfiguration(), wanted(connection, names));
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

    private static StreamConfiguration made(JetStreamManagement management, StreamConfiguration wanted)
            throws IOException, JetStreamApiException {
        // Another node may make it at the same time: of two that are equal nobody is refused.
        return management.addStream(wanted).getConfiguration();
    }

    private StreamConfiguration wanted(Connection connection, Names names) {
        return StreamConfiguration.builder()
                .name(names.stream())
                .description("Streams of Holdfast's runs")
                .subjects(names.runs() + "*")
                .storageType(StorageType.File)
                .retentionPolicy(RetentionPolicy.Limits)
                .discardPolicy(DiscardPolicy.New)
                .replicas(options.replicas() == 0 ? replicas(connection) : options.replicas())
                .build();
    }

    /** Three where there are as many servers. */
    private static int replicas(Connection connection) {
        var server = connection.getServerInfo();
        boolean many = server.getCluster() != null && server.getConnectURLs().size() >= 3;
        return many ? 3 : 1;
    }

    private void fit(StreamConfiguration present, StreamConfiguration wanted) {
        var wrong = new ArrayList<String>();
        if (!present.getSubjects().equals(wanted.getSubjects()))
            wrong.add("its subjects are " + present.getSubjects() + " and not " + wanted.getSubjects());
        if (present.getRetentionPolicy() != RetentionPolicy.Limits)
            wrong.add("its retention is " + present.getRetentionPolicy() + " and not limits");
        if (present.getStorageType() != StorageType.File) wrong.add("it is not stored in files");
        if (isLimited(present.getMaxMsgs())) wrong.add("it has a limit of messages");
        if (isLimited(present.getMaxMsgsPerSubject())) wrong.add("it has a limit of messages per subject");
        if (isLimited(present.getMaxBytes()) && present.getDiscardPolicy() != DiscardPolicy.New)
            wrong.add("it has a limit of bytes, and discards what is old");
        if (present.getMaxAge() != null && !present.getMaxAge().isZero()) wrong.add("it has a limit of age");
        if (isLimited(present.getMaximumMessageSize())) wrong.add("it has a limit of the size of a message");
        if (present.getSealed()) wrong.add("it is sealed");
        if (present.getDenyPurge()) wrong.add("it denies that anything is purged");
        var sources = present.getSources();
        if (present.getMirror() != null || (sources != null && !sources.isEmpty()))
            wrong.add("it gets messages of other streams");
        if (options.replicas() != 0 && present.getReplicas() != options.replicas())
            wrong.add("it has " + present.getReplicas() + " replicas and not " + options.replicas());
        if (wrong.isEmpty()) return;
        throw new Refused(
                "nats_stream",
                "the stream " + present.getName() + " of NATS at " + where() + " is not as it is to be: "
                        + String.join("; ", wrong)
                        + ". What a run has sent must not go while the run is there: change it with 'nats stream edit "
                        + present.getName() + "', or name another one");
    }

    private static boolean isLimited(long limit) {
        return limit > 0;
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
            LOG.debug("the connection to NATS has failed", exception);
        }
    }
}
