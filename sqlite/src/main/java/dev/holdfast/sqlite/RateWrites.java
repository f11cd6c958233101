package dev.holdfast.sqlite;

import dev.holdfast.core.Run;
import dev.holdfast.engine.port.Rate;
import dev.holdfast.sql.LaneKey;
import dev.holdfast.sql.RateBook;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Writes what {@link RateBook} reads. */
final class RateWrites {
    private static final String ADD = "INSERT INTO queue_claims (namespace, queue, number, at) VALUES (?, ?, ?, ?)";
    private static final String PRUNE = "DELETE FROM queue_claims WHERE namespace = ? AND queue = ? AND number <= ?";

    private RateWrites() {}

    /**
     * Writes down that a run was claimed now from a queue with this rate.
     *
     * @return when the next claim is possible, if that is not at once
     */
    static @Nullable Instant count(Transaction tx, Run run, Rate rate) throws SQLException {
        var key = LaneKey.of(run);
        var book = new RateBook(tx.session(), key.namespace(), key.queue(), rate);
        long number = book.newest() + 1;
        tx.write(ADD)
                .text(key.namespace())
                .text(key.queue())
                .number(number)
                .instant(tx.now())
                .update();
        prune(tx, key.namespace(), key.queue(), number - rate.count());
        Instant opens = book.opens(number);
        return opens != null && opens.isAfter(tx.now()) ? opens : null;
    }

    /** The queue has no rate any more. */
    static void clear(Transaction tx, String namespace, String queue) throws SQLException {
        prune(tx, namespace, queue, Long.MAX_VALUE);
    }

    private static void prune(Transaction tx, String namespace, String queue, long to) throws SQLException {
        tx.write(PRUNE).text(namespace).text(queue).number(to).update();
    }
}
