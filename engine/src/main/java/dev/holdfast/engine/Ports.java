package dev.holdfast.engine;

import dev.holdfast.core.Holder;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.Peers;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.port.Threads;
import dev.holdfast.sdk.Codec;

/**
 * What an engine is given: everything that is outside of it.
 *
 * @param ledger where runs are written down
 * @param stream where chunks are
 * @param hints who is told that something is new
 * @param threads threads and timed waits
 * @param clock durations; instants are the ledger's
 * @param ids ids and randomness
 * @param codec JSON
 * @param peers the nodes that work on the same ledger, and which of them this one is
 */
public record Ports(
        Ledger ledger, StreamLog stream, Hints hints, Threads threads, Clock clock, Ids ids, Codec codec, Peers peers) {

    /** Who this node is: a number and a fresh incarnation. */
    public Holder node() {
        return peers.node();
    }

    /** The same with another ledger. */
    Ports with(Ledger other) {
        return new Ports(other, stream, hints, threads, clock, ids, codec, peers);
    }
}
