package dev.holdfast.postgres.membership;

import java.time.Duration;

/**
 * How long everything about membership takes. In production they are {@link #USUAL}: they fit each other, and those of all
 * nodes must be the same.
 *
 * @param heartbeat between two signs of life
 * @param suspend no answer for so long: accepts nothing, reads nothing
 * @param stop … so long: its attempts stop
 * @param halt … so long: what has not stopped is halted by force; before the server ends its sessions
 * @param patience how long a node waits for the death of its successor before it looks around again
 * @param sweep between two tries of all locks
 * @param frozen a node without a sign of life for so long is ended by the others
 * @param grace after a restart of the server, how long a node has to come back before its lock means anything
 */
record Times(
        Duration heartbeat,
        Duration suspend,
        Duration stop,
        Duration halt,
        Duration patience,
        Duration sweep,
        Duration frozen,
        Duration grace) {
    static final Times USUAL = new Times(
            Duration.ofMillis(500),
            Duration.ofSeconds(3),
            Duration.ofSeconds(4),
            Duration.ofMillis(4_500),
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10));

    /** For tests that must see the ring without the sweep. */
    Times withSweep(Duration other) {
        return new Times(heartbeat, suspend, stop, halt, patience, other, frozen, grace);
    }
}
