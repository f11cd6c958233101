package dev.holdfast.postgres.membership;

import dev.holdfast.core.Holder;

/**
 * A node's place among the others: alive while a session of its holds the advisory lock (class, number).
 *
 * @param lockClass of this schema
 * @param node whose it is
 * @param streams where it has those of its runs
 */
record Seat(int lockClass, Holder node, StreamPlace streams) {
    int number() {
        return Math.toIntExact(node.number());
    }

    long incarnation() {
        return node.incarnation();
    }
}
