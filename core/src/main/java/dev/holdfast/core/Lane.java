package dev.holdfast.core;

/**
 * The part of a queue with one name: runs of one customer, turns of one conversation. Its slots are counted, so that no
 * more runs of it execute than it may have.
 *
 * @param name among the lanes of its queue
 * @param kind how long a run keeps its slot
 */
public record Lane(String name, Kind kind) {
    public enum Kind {
        /** As many slots as the queue gives to each of its lanes; a run has one while it executes. */
        CONCURRENT,
        /** One slot, which a run keeps from its first start to its end, through every wait and every retry. */
        SERIAL
    }

    public static Lane concurrent(String name) {
        return new Lane(name, Kind.CONCURRENT);
    }

    public static Lane serial(String name) {
        return new Lane(name, Kind.SERIAL);
    }

    public boolean isSerial() {
        return kind == Kind.SERIAL;
    }
}
