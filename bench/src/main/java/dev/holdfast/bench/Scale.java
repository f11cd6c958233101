package dev.holdfast.bench;

import java.time.Duration;

/**
 * How long everything takes, and how large it is.
 *
 * @param rounds of everything; medians are taken over them
 * @param load for how long each load goes on, in each round
 * @param warmUp for how long each goes on before the first round, unmeasured
 * @param sleepers how many runs sleep
 * @param kills how often a process is killed
 */
record Scale(int rounds, Duration load, Duration warmUp, int sleepers, int kills) {
    /** About four minutes. */
    static final Scale FULL = new Scale(3, Duration.ofSeconds(6), Duration.ofSeconds(3), 100_000, 10);
    /** About half a minute: for a first look, and while one changes something. */
    static final Scale QUICK = new Scale(3, Duration.ofSeconds(1), Duration.ofSeconds(2), 10_000, 2);

    /** The same, done once and not measured. */
    Scale warmingUp() {
        return new Scale(1, warmUp, warmUp, sleepers, kills);
    }
}
