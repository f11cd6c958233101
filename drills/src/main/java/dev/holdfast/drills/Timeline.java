package dev.holdfast.drills;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened when. All times are milliseconds since 1970.
 *
 * @param from the first start of the process
 * @param to the end of the last run
 * @param lives of the processes, in order
 * @param tracks a line for each run that was there for the kills
 * @param starts when other starts were acknowledged
 * @param marks what was done beside ending processes
 */
record Timeline(long from, long to, List<Life> lives, List<Track> tracks, List<Long> starts, List<Mark> marks) {
    Timeline {
        lives = List.copyOf(lives);
        tracks = List.copyOf(tracks);
        starts = List.copyOf(starts);
        marks = List.copyOf(marks);
    }

    /** Of one process after the other, which are killed. */
    Timeline(long from, long to, List<Life> lives, List<Track> tracks, List<Long> starts) {
        this(from, to, lives, tracks, starts, List.of());
    }

    /**
     * One process.
     *
     * @param name of what it is a life of
     * @param ready null if it was killed before
     * @param killed null if it was not
     */
    record Life(
            String name,
            long pid,
            long started,
            @Nullable Long ready,
            @Nullable Long killed) {
        /** Of the only process that there is at a time. */
        Life(long pid, long started, @Nullable Long ready, @Nullable Long killed) {
            this("process", pid, started, ready, killed);
        }
    }

    /** Something that was done to what has this name. */
    record Mark(long at, String name) {}

    /**
     * One run, or what a client did one after the other.
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

    /**
     * From the claim to the release, or to the kill that made the release necessary.
     *
     * @param mark what stands where it begins
     */
    record Epoch(String mark, long from, long to) {
        Epoch(long number, long from, long to) {
            this(Long.toString(number), from, to);
        }
    }

    /**
     * A chunk as a watcher saw it come.
     *
     * @param stands false if it was taken back later
     */
    record Tick(long at, boolean stands) {}
}
