package dev.holdfast.engine.client;

import dev.holdfast.core.Namespace;
import dev.holdfast.engine.Ports;
import dev.holdfast.engine.Runs;

/**
 * What handles of runs in this process need.
 *
 * @param runs what is asked
 * @param ports hints to wait for, threads to wait with, the codec
 * @param namespace where the runs are
 */
record Local(Runs runs, Ports ports, Namespace namespace) {}
