package dev.holdfast.engine;

import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Peers;

/** Whether this node accepts anything. Once it is fenced it never does again: a new engine takes its place. */
final class Door {
    private final Peers peers;
    private volatile boolean closing;
    private volatile boolean fenced;

    Door(Peers peers) {
        this.peers = peers;
    }

    void close() {
        closing = true;
    }

    void fence() {
        fenced = true;
    }

    boolean isFenced() {
        return fenced;
    }

    /** Whether a run may be claimed. */
    boolean isOpen() {
        return !closing && !fenced && peers.serving();
    }

    /** @throws Unavailable if no new runs are taken */
    void demandOpen() {
        demandServing();
        if (closing) throw Unavailable.notApplied("closing", "this node is closing and takes no new runs", null);
    }

    /** @throws Unavailable if nothing is accepted, because others may have taken over what this node holds */
    void demandServing() {
        demandNotFenced();
        if (peers.serving()) return;
        throw Unavailable.notApplied(
                "suspended",
                "this node has not reached its cluster for a while and takes nothing before it has: nothing was changed;"
                        + " ask another node, or this one again",
                null);
    }

    /** @throws Unavailable if nothing is written any more */
    void demandNotFenced() {
        if (!fenced) return;
        throw Unavailable.notApplied(
                "fenced",
                "this node was cut off from its cluster, and others take over what it held: nothing was changed; ask"
                        + " another node, or this one when it has joined again",
                null);
    }
}
