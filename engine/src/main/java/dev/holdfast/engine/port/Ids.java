package dev.holdfast.engine.port;

import java.util.UUID;

/** Ids and randomness. */
public interface Ids {
    /** A new id, ordered by time (UUIDv7), unguessable. */
    UUID next();

    /** A random number from 0 (inclusive) to 1 (exclusive), for jitter. */
    double dice();
}
