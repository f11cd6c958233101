package dev.holdfast.engine.port;

import dev.holdfast.core.Refused;

/** What became of one append. */
public sealed interface Appended {
    /**
     * It is durable.
     *
     * @param last the number of its last entry
     */
    record At(long last) implements Appended {}

    /** The run's row does not have that epoch and holder any more: nothing of it was written. */
    record Lost() implements Appended {}

    /** It cannot be written for its content: nothing of it was written. */
    record Rejected(Refused why) implements Appended {}
}
