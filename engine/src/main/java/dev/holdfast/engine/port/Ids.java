package dev.holdfast.engine.port;

import java.time.Instant;
import java.util.UUID;

/** Ids and randomness. */
public interface Ids {
    /** A new id, ordered by time (UUIDv7), unguessable. */
    UUID next();

    /** A new id like that, of a given time: where ids and times that are stored have to agree. */
    UUID at(Instant time);

    /** A random number from 0 (inclusive) to 1 (exclusive), for jitter. */
    double dice();
}
