package dev.holdfast.node;

import dev.holdfast.postgres.membership.Successor;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The nodes that share a ledger, as one of them sees them: each watches the one after it, and the last one the first.
 *
 * @param own the number of the node that says so
 * @param nodes those that are alive, by their numbers
 * @param takeovers from nodes that were found dead, the newest first
 */
public record Ring(long own, List<Node> nodes, List<Takeover> takeovers) {
    public Ring {
        nodes = List.copyOf(nodes);
        takeovers = List.copyOf(takeovers);
    }

    /** The number of the node that this one watches; empty if there is no other. */
    public OptionalLong watchedBy(Node node) {
        return Successor.of(node.number(), nodes, Node::number).stream()
                .mapToLong(Node::number)
                .findFirst();
    }

    /**
     * One of them.
     *
     * @param number never given twice
     * @param label its name, for people; may be empty
     * @param address where it is reached; may be empty
     * @param joined when it became a node
     * @param silent for how long no sign of life of it was seen; it sends some twice a second
     * @param held how many runs it holds
     * @param hosts the version of its code for each task
     */
    public record Node(
            long number,
            String label,
            String address,
            Instant joined,
            Duration silent,
            int held,
            SortedMap<String, String> hosts) {
        public Node {
            hosts = Collections.unmodifiableSortedMap(new TreeMap<>(hosts));
        }
    }

    /**
     * What a node held that was found dead is taken over by the others. One that leaves is not found dead.
     *
     * @param number of the dead node
     * @param label its name, for people
     * @param by the number of the node that found it
     * @param at when it was found dead
     * @param how it showed
     * @param silent how long before that the last sign of life was seen; empty if none was
     * @param took from when whoever found it had its lock to when its sessions were told to end and it was no node any more, but for
     *     the commit; when what it held goes on is not part of it
     */
    public record Takeover(
            long number, String label, long by, Instant at, How how, Optional<Duration> silent, Duration took) {}

    /** What shows that a node is dead. */
    public enum How {
        /** Its neighbour was granted its lock. */
        RING,
        /** Its lock was free when all were tried. */
        SWEEP,
        /** It gave no sign of life for too long, and its sessions were ended. */
        FROZEN
    }
}
