package dev.holdfast.nats;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.core.Refused;
import io.nats.client.Connection;
import org.jspecify.annotations.Nullable;

/**
 * What somebody sees who looks at a NATS and changes nothing.
 *
 * @param where its addresses, without passwords
 * @param version of the server that answered
 * @param name of the stream
 * @param stream null if it is not there yet
 */
public record NatsInspection(
        String where, String version, String name, @Nullable Stream stream) {
    /**
     * A stream that is there.
     *
     * @param replicas how often it is stored
     * @param present how many of those are up to date
     * @param messages in it
     * @param bytes that it takes
     */
    public record Stream(int replicas, int present, long messages, long bytes) {}

    /**
     * Looks.
     *
     * @throws Refused as {@link NatsCluster#open}
     */
    public static NatsInspection of(NatsOptions options, String origin) throws HoldfastException {
        var boot = new Boot(options);
        var names = Names.of(options, origin);
        Connection connection = boot.connect((c, event) -> {});
        try {
            return new NatsInspection(
                    boot.where(),
                    connection.getServerInfo().getVersion(),
                    names.stream(),
                    boot.look(connection, names));
        } finally {
            NatsCluster.close(connection);
        }
    }
}
