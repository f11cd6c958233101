package dev.holdfast.testkit.world;

import java.util.SplittableRandom;

/** What one client of a world does besides the errands of all worlds. */
interface Role {
    /** Does it, while everything goes wrong. */
    void play() throws InterruptedException;

    /** Leaves so that everything can end. Nothing goes wrong any more. */
    default void leave() throws InterruptedException {}

    /** Which there are. */
    enum Kind {
        SCHEDULES,
        RATES,
        BURSTS,
        BATCHES,
        RERUNS,
        RETENTION;

        Role of(World world, SplittableRandom random) {
            return switch (this) {
                case SCHEDULES -> new Timetables(world, random);
                case RATES -> new Paces(world, random);
                case BURSTS -> new Bursts(world, random);
                case BATCHES -> new Batches(world, random);
                case RERUNS -> new Reruns(world, random);
                case RETENTION -> new Ages(world, random);
            };
        }
    }
}
