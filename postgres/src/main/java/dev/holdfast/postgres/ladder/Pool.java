package dev.holdfast.postgres.ladder;

import dev.holdfast.sql.Readers;

/**
 * Sessions of a replica.
 *
 * @param readers by which it is asked
 * @param most how many of them there are, at once
 * @param end ends them
 */
public record Pool(Readers readers, int most, Runnable end) {}
