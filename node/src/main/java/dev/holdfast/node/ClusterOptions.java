package dev.holdfast.node;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Which cluster a node joins, and as what.
 *
 * @param url of the PostgreSQL database that all nodes share: {@code postgres://user:password@host/database?sslmode=…}, or
 *     {@code jdbc:postgresql://…}; what it says holds for every session
 * @param label its name, for people: nothing depends on it, and two may have the same
 * @param address where it is reached, for people; may be empty
 * @param overdue what happens when code has not left though the node was cut off for so long that others may have taken its
 *     runs over
 */
public record ClusterOptions(String url, String label, String address, Overdue overdue) {
    /** Code that ignores being told to leave. */
    public enum Overdue {
        /** The process is halted: nothing of it runs beside its successor. For a process of its own. */
        HALT,
        /** It is waited for, and the node does not join again before it has left. For a process that does other things too. */
        WAIT
    }

    /** Named as the machine is; waits for code that does not leave. */
    public static ClusterOptions at(String url) {
        return new ClusterOptions(url, machine(), "", Overdue.WAIT);
    }

    public ClusterOptions label(String name) {
        return new ClusterOptions(url, name, address, overdue);
    }

    public ClusterOptions address(String where) {
        return new ClusterOptions(url, label, where, overdue);
    }

    public ClusterOptions overdue(Overdue what) {
        return new ClusterOptions(url, label, address, what);
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
