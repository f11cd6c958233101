package dev.holdfast.postgres.membership;

import dev.holdfast.core.Holder;
import java.time.Duration;
import java.time.Instant;

/**
 * A node as another one last saw it.
 *
 * @param node its number and incarnation
 * @param label its name, for people
 * @param address where it is reached; may be empty
 * @param joined when it joined, by the database's clock
 * @param silent for how long no sign of life of it was seen; it sends some twice a second
 */
public record NodeView(Holder node, String label, String address, Instant joined, Duration silent) {}
