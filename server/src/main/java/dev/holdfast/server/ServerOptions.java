package dev.holdfast.server;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Refused;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a server listens.
 *
 * @param host the address to listen on: of this machine alone (127.0.0.1, ::1, localhost), or one that others reach, which
 *     needs API keys
 * @param port 0 for any free one
 * @param tls null for none
 * @param origins of its own page, if that is shown elsewhere, and of others' pages that may ask it
 * @param keepAlive how often a silent stream sends a comment, so that both ends notice a dead connection
 * @param patience how long one write to a watcher may take before it is cut off; it resumes with its cursor
 * @param arrival how long a request may take from its first line to the end of its body
 * @param grace how long closing waits for requests that are being answered
 */
public record ServerOptions(
        String host,
        int port,
        @Nullable TlsFiles tls,
        Origins origins,
        Duration keepAlive,
        Duration patience,
        Duration arrival,
        Duration grace) {
    public static final int DEFAULT_PORT = Defaults.PORT;

    public static final String DEFAULT_HOST = "127.0.0.1";

    /** On 127.0.0.1. */
    public static ServerOptions onPort(int port) {
        return new ServerOptions(
                DEFAULT_HOST,
                port,
                null,
                Origins.NONE,
                Defaults.KEEP_ALIVE,
                Defaults.WATCHER_PATIENCE,
                Defaults.ARRIVAL_LIMIT,
                Duration.ofSeconds(1));
    }

    public ServerOptions host(String address) {
        return new ServerOptions(address, port, tls, origins, keepAlive, patience, arrival, grace);
    }

    public ServerOptions tls(TlsFiles files) {
        return new ServerOptions(host, port, files, origins, keepAlive, patience, arrival, grace);
    }

    /**
     * Its page is shown there, too: by a balancer that speaks TLS in its place. Unless that is on this machine, it needs API keys, also on 127.0.0.1.
     *
     * @param origin what browsers have in their address bar, without a path, such as {@code https://runs.example.com}
     * @throws Refused {@code origin_invalid}
     */
    public ServerOptions origin(String origin) {
        return with(origins.withOwn(origin));
    }

    /**
     * Pages of this origin may watch runs and talk: with an API key, with a link, or as everybody where there is no key. Their
     * browsers send no cookies of this server along.
     *
     * @param origin as of {@link #origin}
     * @throws Refused {@code origin_invalid}
     */
    public ServerOptions allowOrigin(String origin) {
        return with(origins.withAllowed(origin));
    }

    private ServerOptions with(Origins all) {
        return new ServerOptions(host, port, tls, all, keepAlive, patience, arrival, grace);
    }

    public ServerOptions {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " does not exist: use 0 (any free one) to 65535");
        }
    }
}
