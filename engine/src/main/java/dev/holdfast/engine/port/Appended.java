package dev.holdfast.engine.port;

import dev.holdfast.core.Refused;
import dev.holdfast.core.Unavailable;

/** What became of one append. */
public sealed interface Appended {
    /**
     * It is durable.
     *
     * @param last the number of its last entry
     */
    record At(long last) implements Appended {}

    /** The run is somebody else's by now, or has ended: nothing of it was written. */
    record Lost() implements Appended {}

    /**
     * The stream does not end where it was said to: nothing of it was written. If this was to open an epoch, somebody who has
     * lost the run wrote meanwhile: look at the stream again. Otherwise the log has lost what this epoch had appended.
     */
    record Moved() implements Appended {}

    /** It cannot be written for its content: nothing of it counts. */
    record Rejected(Refused why) implements Appended {}

    /** Nobody knows whether it was written; it is to be offered again. Only where that may be done. */
    record Unanswered(Unavailable why) implements Appended {}
}
