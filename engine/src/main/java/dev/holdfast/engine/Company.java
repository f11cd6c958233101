package dev.holdfast.engine;

import dev.holdfast.core.Run;

/**
 * Who executes on a node, and so who may come beside. A suspect is only ever tried alone: then its neighbours are not
 * blamed for what it does, nor is it for what they do.
 */
public enum Company {
    /** Nobody executes: anyone may come; a suspect if it is first, and then alone. */
    NOBODY,
    /** Others execute: no suspect may come. */
    OTHERS,
    /** A suspect executes: nobody may come. */
    A_SUSPECT,
    /** A suspect has waited long, and others execute still: nobody may come until they have left. */
    CLEARING,
    /** A suspect has waited long, and nobody executes: it may come, and nobody else. */
    CLEARED,
    /** The node closes: nobody may come any more. */
    CLOSED;

    boolean admits(Run run) {
        return run.isSuspect() ? admitsSuspects() : this == NOBODY || this == OTHERS;
    }

    /** Whether a suspect may come. */
    public boolean admitsSuspects() {
        return this == NOBODY || this == CLEARED;
    }
}
