package dev.holdfast.sqlite;

import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.Threads;

/**
 * What a store is given from outside.
 *
 * @param threads where its writer runs
 * @param clock instants; the ledger makes it monotonic, also across boots
 * @param ids of changes that the ledger makes itself, and the node's incarnation
 */
public record SqliteOptions(Threads threads, Clock clock, Ids ids) {}
