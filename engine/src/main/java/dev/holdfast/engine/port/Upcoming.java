package dev.holdfast.engine.port;

import dev.holdfast.core.Namespace;
import java.time.Instant;

/**
 * The next firing of a schedule. In the order of time, then of namespace and name.
 *
 * @param at its planned time, which may have passed
 */
public record Upcoming(Instant at, Namespace namespace, String name) {}
