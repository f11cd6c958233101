package dev.holdfast.drills;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened when. All times are milliseconds since 1970.
 *
 * @param from the first start of the process
 * @param to the end of the last run
 * @param lives of the process, in order
 * @param tracks a line for each run that was there for the kills
 * @param starts when other starts were acknowledged
 */
record Timeline(long from, long to, List<Life> lives, List<Track> tracks, List<Long> starts) {
    Timeline {
        lives = List.copyOf(lives);
        tracks = List.copyOf(tracks);
        starts = List.copyOf(starts);
    }

    /**
     * One process.
     *
     * @param ready null if it was killed before
     * @param killed null if it was not
     */
    record Life(
            long pid,
            long started,
            @Nullable Long ready,
            @Nullable Long killed) {}

    /**
     * One run.
     *
     * @param epochs in which somebody held it
     * @param ticks chunks, one per step
     * @param finished null if it has not ended
     */
    record Track(
            String run,
            List<Epoch> epochs,
            List<Tick> ticks,
            @Nullable Long finished) {
        Track {
            epochs = List.copyOf(epochs);
            ticks = List.copyOf(ticks);
        }
    }

    /** From the claim to the release, or to the kill that made the release necessary. */
    record Epoch(long number, long from, long to) {}

    /**
     * A chunk as a watcher saw it come.
     *
     * @param stands false if it was taken back later
     */
    record Tick(long at, boolean stands) {}
}
