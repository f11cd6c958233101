package dev.holdfast.postgres;

import dev.holdfast.engine.port.Rate;
import dev.holdfast.sql.Sql;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the instants of the newest claims of a queue that has a rate, under the lock of the queue's row: as many as the rate
 * says, which is all that the next claim has to know. They are numbered without a gap and their instants never go back, so
 * that the one that decides is found by its number.
 */
final class Pace {
    private static final String IS = "namespace = ? AND queue = ?";
    private static final String NEWEST =
            "SELECT number FROM queue_claims WHERE " + IS + " ORDER BY number DESC LIMIT 1";
    private static final String AT = "SELECT at FROM queue_claims WHERE " + IS + " AND number = ?";
    private static final String FIRST_OF_WINDOW = "SELECT number FROM queue_claims WHERE " + IS
            + " AND number > ? AND number <= ? AND at > ? ORDER BY number LIMIT 1";
    private static final String ADD = "INSERT INTO queue_claims (namespace, queue, number, at)"
            + " VALUES (?, ?, ?, greatest(?, (SELECT max(at) FROM queue_claims WHERE " + IS + ")))";
    private static final String PRUNE = "DELETE FROM queue_claims WHERE " + IS + " AND number <= ?";

    private final Transaction tx;
    private final String namespace;
    private final String queue;
    private final Rate rate;

    Pace(Transaction tx, String namespace, String queue, Rate rate) {
        this.tx = tx;
        this.namespace = namespace;
        this.queue = queue;
        this.rate = rate;
    }

    private Sql ours(String sql) throws SQLException {
        return tx.sql(sql).text(namespace).text(queue);
    }

    private long newest() throws SQLException {
        return ours(NEWEST).single();
    }

    /** How many claims are possible at once; it does not look further than to so many. */
    long room(long most) throws SQLException {
        long wanted = Math.min(most, rate.count());
        long before = newest() - rate.count();
        Long taken = ours(FIRST_OF_WINDOW)
                .number(before)
                .number(before + wanted)
                .instant(tx.now().minus(rate.per()))
                .first(r -> (Long) r.number())
                .orElse(null);
        return taken == null ? wanted : taken - before - 1;
    }

    /**
     * Writes down that a run of it was claimed now.
     *
     * @return when the next claim is possible, if that is not at once
     */
    @Nullable
    Instant count() throws SQLException {
        long number = newest() + 1;
        ours(ADD).number(number).instant(tx.now()).text(namespace).text(queue).update();
        ours(PRUNE).number(number - rate.count()).update();
        Instant opens = ours(AT)
                .number(number - rate.count() + 1)
                .firstInstant()
                .map(rate::after)
                .orElse(null);
        return opens != null && opens.isAfter(tx.now()) ? opens : null;
    }

    /** The queue has no rate any more. */
    static void clear(Transaction tx, String namespace, String queue) throws SQLException {
        tx.sql(PRUNE).text(namespace).text(queue).number(Long.MAX_VALUE).update();
    }
}
