package dev.holdfast.engine.port;

import dev.holdfast.core.Run;

/**
 * A run that was given to a holder. What is replayed is read by the attempt itself, so that a claim stays small.
 *
 * @param run as it is after the claim
 * @param input JSON
 */
public record Claimed(Run run, String input) {}
