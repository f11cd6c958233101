package dev.holdfast.sqlite;

import dev.holdfast.core.Defaults;
import java.sql.SQLException;
import java.time.Instant;

/** Removes answers to request ids that have expired, and frees business keys. */
final class ForgetWork extends Work<Boolean> {
    private static final String REQUESTS = "DELETE FROM requests WHERE (namespace, id) IN"
            + " (SELECT namespace, id FROM requests WHERE at <= ? ORDER BY at LIMIT ?)";
    private static final String KEYS = "UPDATE runs SET key_until = NULL WHERE id IN"
            + " (SELECT id FROM runs WHERE key_until <= ? ORDER BY key_until LIMIT ?)";

    private final Instant now;
    private final int limit;
    private final LaneSweep lanes;

    ForgetWork(Instant now, int limit, LaneSweep lanes) {
        this.now = now;
        this.limit = limit;
        this.lanes = lanes;
    }

    @Override
    Boolean in(Transaction tx) throws SQLException {
        int requests = tx.write(REQUESTS)
                .instant(now.minus(Defaults.REQUEST_RETENTION))
                .number(limit)
                .update();
        lanes.look(tx, limit);
        int keys = tx.write(KEYS).instant(now).number(limit).update();
        if (keys > 0) tx.rows().forgetAll();
        return requests >= limit || keys >= limit;
    }
}
