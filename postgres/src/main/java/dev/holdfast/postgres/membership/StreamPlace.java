package dev.holdfast.postgres.membership;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * Where a node has the streams of its runs.
 *
 * @param key of this place; at least 0, which is the database
 */
public record StreamPlace(int key) {
    /** In the database, beside the runs. */
    public static final StreamPlace TABLES = new StreamPlace(0);

    /** @param identity what no other place on NATS has */
    public static StreamPlace onNats(String identity) {
        var sum = new CRC32();
        sum.update(identity.getBytes(StandardCharsets.UTF_8));
        return new StreamPlace(Math.max(1, (int) (sum.getValue() & Integer.MAX_VALUE)));
    }

    /** For people. */
    String words() {
        return key == 0 ? "in the database" : "on NATS";
    }
}
