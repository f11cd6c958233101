package dev.holdfast.postgres.session;

import java.time.Duration;

/**
 * What a session is for.
 *
 * <p>The session that holds the node's lock waits for an answer longer than any stall of the database should last: giving it
 * up gives up the node. That the node does not act meanwhile is the fence's business.
 */
public enum Use {
    /** Of the ledger: a batch is one round trip, so nothing of it waits for the client for long. */
    ORDINARY(Duration.ofSeconds(30), true),
    /** Of a migration: its statements take as long as the tables are large. */
    MIGRATION(Duration.ofDays(7), true),
    /** Lent to user code for a transaction: its tables, its statements, and its time. */
    LENT(Duration.ofMinutes(5), true),
    HOLD(Duration.ofSeconds(90), true),
    WATCH(Duration.ofSeconds(15), true),
    LISTEN(Duration.ofSeconds(15), false),
    SPEAK(Duration.ofSeconds(15), false),
    /** Somebody waits, and nothing is lost: a replica that hangs is given up soon. */
    REPLICA(Duration.ofSeconds(5), true);

    /** How long the driver waits for an answer before it gives the session up. */
    final Duration answer;
    /** Whether what it commits must have reached the disk. */
    final boolean durable;

    Use(Duration answer, boolean durable) {
        this.answer = answer;
        this.durable = durable;
    }
}
