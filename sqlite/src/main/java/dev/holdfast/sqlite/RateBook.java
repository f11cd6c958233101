package dev.holdfast.sqlite;

import dev.holdfast.core.Run;
import dev.holdfast.engine.port.Rate;
import dev.holdfast.sql.LaneKey;
import dev.holdfast.sql.Session;
import dev.holdfast.sql.Sql;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the instants of the newest claims of queues that have a rate: as many as the rate says, which is all that the
 * next claim has to know. They are numbered without a gap and their instants never go back, so that the one that decides
 * is found by its number. A queue without a rate has none.
 */
final class RateBook {
    private static final String IS = "namespace = ? AND queue = ?";
    private static final String NEWEST =
            "SELECT number FROM queue_claims WHERE " + IS + " ORDER BY number DESC LIMIT 1";
    private static final String AT = "SELECT at FROM queue_claims WHERE " + IS + " AND number = ?";
    private static final String FIRST_OF_WINDOW = "SELECT number FROM queue_claims WHERE " + IS
            + " AND number > ? AND number <= ? AND at > ? ORDER BY number LIMIT 1";
    private static final String ADD = "INSERT INTO queue_claims (namespace, queue, number, at) VALUES (?, ?, ?, ?)";
    private static final String PRUNE = "DELETE FROM queue_claims WHERE " + IS + " AND number <= ?";

    private final Session session;
    private final String namespace;
    private final String queue;
    private final Rate rate;

    RateBook(Session session, String namespace, String queue, Rate rate) {
        this.session = session;
        this.namespace = namespace;
        this.queue = queue;
        this.rate = rate;
    }

    private Sql ours(Sql sql) throws SQLException {
        return sql.text(namespace).text(queue);
    }

    private long newest() throws SQLException {
        return ours(session.sql(NEWEST)).single();
    }

    /** From when on another claim is possible; null if there were too few to say. */
    @Nullable
    Instant opens() throws SQLException {
        return opens(newest());
    }

    private @Nullable Instant opens(long newest) throws SQLException {
        return ours(session.sql(AT))
                .number(newest - rate.count() + 1)
                .firstInstant()
                .map(rate::after)
                .orElse(null);
    }

    /** How many claims are possible at once; it does not look further than to so many. */
    long room(long most, Instant now) throws SQLException {
        long wanted = Math.min(most, rate.count());
        long before = newest() - rate.count();
        Long taken = ours(session.sql(FIRST_OF_WINDOW))
                .number(before)
                .number(before + wanted)
                .instant(now.minus(rate.per()))
                .first(r -> (Long) r.number())
                .orElse(null);
        return taken == null ? wanted : taken - before - 1;
    }

    /**
     * Writes down that a run of it was claimed now.
     *
     * @return when the next claim is possible, if that is not at once
     */
    static @Nullable Instant count(Transaction tx, Run run, Rate rate) throws SQLException {
        var key = LaneKey.of(run);
        var book = new RateBook(tx.session(), key.namespace(), key.queue(), rate);
        long number = book.newest() + 1;
        book.ours(tx.write(ADD)).number(number).instant(tx.now()).update();
        book.ours(tx.write(PRUNE)).number(number - rate.count()).update();
        Instant opens = book.opens(number);
        return opens != null && opens.isAfter(tx.now()) ? opens : null;
    }

    /** The queue has no rate any more. */
    static void clear(Transaction tx, String namespace, String queue) throws SQLException {
        tx.write(PRUNE).text(namespace).text(queue).number(Long.MAX_VALUE).update();
    }
}
