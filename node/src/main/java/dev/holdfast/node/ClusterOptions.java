package dev.holdfast.node;

import dev.holdfast.nats.NatsOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which cluster a node joins, and as what.
 *
 * @param url of the PostgreSQL database that all nodes share: {@code postgres://user:password@host/database?sslmode=…}, or
 *     {@code jdbc:postgresql://…}; what it says holds for every session
 * @param label its name, for people: nothing depends on it, and two may have the same
 * @param address where it is reached, for people; may be empty
 * @param overdue what happens when code has not left though the node was cut off for so long that others may have taken its
 *     runs over
 * @param replica answers lists and snapshots since a cursor; null for none
 * @param nats has the streams of runs, and carries hints between nodes: all nodes of a cluster have the same one, or none; null
 *     to have streams in the database
 */
public record ClusterOptions(
        String url,
        String label,
        String address,
        Overdue overdue,
        @Nullable Replica replica,
        @Nullable NatsOptions nats) {
    /**
     * A replica of the database.
     *
     * @param url as that of the database; it leads to a hot standby of it and nothing else
     * @param least how long a reader that is ahead of the replica waits, at least, before the replica is asked again
     * @param most … and at most; 0 to ask the primary at once
     */
    public record Replica(String url, Duration least, Duration most) {
        /** Waits 50 to 200 ms. */
        public static Replica at(String url) {
            return new Replica(url, Duration.ofMillis(50), Duration.ofMillis(200));
        }

        /** Without the URL, which may contain a password. */
        @Override
        public String toString() {
            return "Replica";
        }
    }

    /** Code that ignores being told to leave. */
    public enum Overdue {
        /** The process is halted: nothing of it runs beside its successor. For a process of its own. */
        HALT,
        /**
         * It is waited for, and the node does not join again before it has left. What else the node held does not wait for it:
         * after two seconds it is queued again, for others, and nobody is blamed. For a process that does other things too.
         */
        WAIT
    }

    /** Named as the machine is; waits for code that does not leave; without a replica. */
    public static ClusterOptions at(String url) {
        return new ClusterOptions(url, machine(), "", Overdue.WAIT, null, null);
    }

    public ClusterOptions label(String name) {
        return new ClusterOptions(url, name, address, overdue, replica, nats);
    }

    public ClusterOptions address(String where) {
        return new ClusterOptions(url, label, where, overdue, replica, nats);
    }

    public ClusterOptions overdue(Overdue what) {
        return new ClusterOptions(url, label, address, what, replica, nats);
    }

    /** Reads what may be behind of a hot standby of the database. */
    public ClusterOptions replica(String standby) {
        return replica(Replica.at(standby));
    }

    public ClusterOptions replica(Replica standby) {
        return new ClusterOptions(url, label, address, overdue, standby, nats);
    }

    /** Has the streams of runs on NATS JetStream. */
    public ClusterOptions nats(NatsOptions where) {
        return new ClusterOptions(url, label, address, overdue, replica, where);
    }

    /** Without the URL, which may contain a password. */
    @Override
    public String toString() {
        return "ClusterOptions[" + label + "]";
    }

    private static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "node";
        }
    }
}
