package dev.holdfast.postgres;

import dev.holdfast.engine.port.Rate;
import dev.holdfast.sql.RateBook;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Counts the claims of a queue that has a rate, under the lock of the queue's row: see {@link RateBook}. */
final class Pace {
    private static final String IS = "namespace = ? AND queue = ?";
    private static final String ADD = "INSERT INTO queue_claims (namespace, queue, number, at)"
            + " VALUES (?, ?, ?, greatest(?, (SELECT max(at) FROM queue_claims WHERE " + IS + ")))";
    private static final String PRUNE = "DELETE FROM queue_claims WHERE " + IS + " AND number <= ?";

    private final Transaction tx;
    private final String namespace;
    private final String queue;
    private final Rate rate;
    private final RateBook book;

    Pace(Transaction tx, String namespace, String queue, Rate rate) {
        this.tx = tx;
        this.namespace = namespace;
        this.queue = queue;
        this.rate = rate;
        this.book = new RateBook(tx.session(), namespace, queue, rate);
    }

    /** How many claims are possible at once; it does not look further than to so many. */
    long room(long most) throws SQLException {
        return book.room(most, tx.now());
    }

    /**
     * Writes down that a run of it was claimed now.
     *
     * @return when the next claim is possible, if that is not at once
     */
    @Nullable
    Instant count() throws SQLException {
        long number = book.newest() + 1;
        tx.sql(ADD)
                .text(namespace)
                .text(queue)
                .number(number)
                .instant(tx.now())
                .text(namespace)
                .text(queue)
                .update();
        tx.sql(PRUNE).text(namespace).text(queue).number(number - rate.count()).update();
        Instant opens = book.opens(number);
        return opens != null && opens.isAfter(tx.now()) ? opens : null;
    }

    /** The queue has no rate any more. */
    static void clear(Transaction tx, String namespace, String queue) throws SQLException {
        tx.sql(PRUNE).text(namespace).text(queue).number(Long.MAX_VALUE).update();
    }
}
