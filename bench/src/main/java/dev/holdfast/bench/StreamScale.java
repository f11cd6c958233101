package dev.holdfast.bench;

import java.time.Duration;

/**
 * How long streams are measured.
 *
 * @param settle before it counts
 * @param time that counts
 * @param part of a flood is this part of it
 */
record StreamScale(int rounds, Duration settle, Duration time, int part) {
    static final StreamScale FULL = new StreamScale(3, Duration.ofSeconds(8), Duration.ofSeconds(15), 1);
    static final StreamScale QUICK = new StreamScale(1, Duration.ofSeconds(4), Duration.ofSeconds(4), 5);
}
