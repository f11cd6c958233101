package dev.holdfast.core.stream;

/**
 * An entry of a run's stream.
 *
 * @param number dense per run, from 1; serves only as a cursor
 * @param epoch of the holder who appended it
 * @param item what it says
 */
public record Entry(long number, long epoch, Item item) {}
