package dev.holdfast.engine.port;

import dev.holdfast.core.Run;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A run that was given to a holder. What is replayed is read by the attempt itself, so that a claim stays small.
 *
 * @param run as it is after the claim
 * @param input JSON
 * @param opens when its queue gives the next run, if this claim was the last that its rate allows until then; else null
 */
public record Claimed(Run run, String input, @Nullable Instant opens) {}
