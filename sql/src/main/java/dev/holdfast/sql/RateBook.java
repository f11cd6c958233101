package dev.holdfast.sql;

import dev.holdfast.engine.port.Rate;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The instants of the newest claims of queues that have a rate: as many as the rate says, which is all that the
 * next claim has to know. They are numbered without a gap and their instants never go back, so that the one that decides
 * is found by its number. A queue without a rate has none.
 */
public final class RateBook {
    private static final String IS = "namespace = ? AND queue = ?";
    private static final String NEWEST =
            "SELECT number FROM queue_claims WHERE " + IS + " ORDER BY number DESC LIMIT 1";
    private static final String AT = "SELECT at FROM queue_claims WHERE " + IS + " AND number = ?";
    private static final String FIRST_OF_WINDOW = "SELECT number FROM queue_claims WHERE " + IS
            + " AND number > ? AND number <= ? AND at > ? ORDER BY number LIMIT 1";

    private final Session session;
    private final String namespace;
    private final String queue;
    private final Rate rate;

    public RateBook(Session session, String namespace, String queue, Rate rate) {
        this.session = session;
        this.namespace = namespace;
        this.queue = queue;
        this.rate = rate;
    }

    private Sql ours(Sql sql) throws SQLException {
        return sql.text(namespace).text(queue);
    }

    /** The number of the newest claim; 0 if there was none. */
    public long newest() throws SQLException {
        return ours(session.sql(NEWEST)).single();
    }

    /** From when on another claim is possible; null if there were too few to say. */
    public @Nullable Instant opens() throws SQLException {
        return opens(newest());
    }

    /** The same as if the newest claim had this number. */
    public @Nullable Instant opens(long newest) throws SQLException {
        return ours(session.sql(AT))
                .number(newest - rate.count() + 1)
                .firstInstant()
                .map(rate::after)
                .orElse(null);
    }

    /** How many claims are possible at once; it does not look further than to so many. */
    public long room(long most, Instant now) throws SQLException {
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
}
