package dev.holdfast.postgres.session;

import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.Threads;

/**
 * What a node is given from outside.
 *
 * @param threads where its loops run
 * @param clock durations; instants are the database's
 * @param ids its incarnation
 */
public record PostgresPorts(Threads threads, Clock clock, Ids ids) {}
