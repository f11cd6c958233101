package dev.holdfast.drills;

import dev.holdfast.localnats.Installed;
import dev.holdfast.localnats.LocalNats;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the streams of a drill are: in its database, or on a NATS, somebody's or one of the drill's own, which may be broken.
 *
 * @param url of NATS; null for the database
 * @param own the servers, if they are the drill's own
 */
record StreamStore(@Nullable String url, @Nullable LocalNats own) implements AutoCloseable {
    /** What stands for a NATS of the drill's own. */
    static final String OWN = "own";

    private static final int SERVERS = 3;

    /**
     * @param nats the URL of one, {@link #OWN}, or null for the database
     * @throws IllegalStateException if one of its own cannot be started
     */
    static StreamStore of(@Nullable String nats) {
        if (!OWN.equals(nats)) return new StreamStore(nats, null);
        var servers = LocalNats.cluster(SERVERS);
        return new StreamStore(servers.url(), servers);
    }

    /** Why there is none like that; null if there is. */
    static @Nullable String obstacle(@Nullable String nats) {
        return OWN.equals(nats) && Installed.find().isEmpty() ? Installed.MISSING : null;
    }

    /** What nodes find in their environment: not on the command line, which everybody on the machine can read. */
    Map<String, String> environment() {
        return url == null ? Map.of() : Map.of("HOLDFAST_NATS", url);
    }

    /** Without the URL, which may contain a password. */
    @Override
    public String toString() {
        return url == null ? "the database" : "NATS";
    }

    @Override
    public void close() {
        if (own != null) own.close();
    }
}
