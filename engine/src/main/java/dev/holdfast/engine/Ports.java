package dev.holdfast.engine;

import dev.holdfast.core.Holder;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.Ledger;
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
 * @param node who this node is: a number and a fresh incarnation
 */
public record Ports(
        Ledger ledger,
        StreamLog stream,
        Hints hints,
        Threads threads,
        Clock clock,
        Ids ids,
        Codec codec,
        Holder node) {}
