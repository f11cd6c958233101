package dev.holdfast.server;

import dev.holdfast.core.Defaults;
import java.time.Duration;

/**
 * How a server listens.
 *
 * @param host the address to listen on; only those of the machine itself (127.0.0.1, ::1, localhost) are possible
 * @param port 0 for any free one
 * @param keepAlive how often a silent stream sends a comment, so that both ends notice a dead connection
 * @param patience how long one write to a watcher may take before it is cut off; it resumes with its cursor
 * @param arrival how long a request may take from its first line to the end of its body
 * @param grace how long closing waits for requests that are being answered
 */
public record ServerOptions(
        String host, int port, Duration keepAlive, Duration patience, Duration arrival, Duration grace) {
    public static final int DEFAULT_PORT = Defaults.PORT;

    public static final String DEFAULT_HOST = "127.0.0.1";

    /** On 127.0.0.1. */
    public static ServerOptions onPort(int port) {
        return new ServerOptions(
                DEFAULT_HOST,
                port,
                Defaults.KEEP_ALIVE,
                Defaults.WATCHER_PATIENCE,
                Defaults.ARRIVAL_LIMIT,
                Duration.ofSeconds(1));
    }

    public ServerOptions host(String address) {
        return new ServerOptions(address, port, keepAlive, patience, arrival, grace);
    }

    public ServerOptions {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " does not exist: use 0 (any free one) to 65535");
        }
    }
}
