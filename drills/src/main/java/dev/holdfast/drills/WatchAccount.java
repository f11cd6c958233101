package dev.holdfast.drills;

import java.util.List;

/**
 * What a watcher of a run has seen when it ended.
 *
 * @param name of the watcher, for sentences
 * @param run its id
 * @param frames in the order in which they came
 * @param done whether the end of the story was told
 */
public record WatchAccount(String name, String run, List<Seen> frames, boolean done) {
    public WatchAccount {
        frames = List.copyOf(frames);
    }

    /**
     * A frame.
     *
     * @param at when it came, milliseconds since 1970
     * @param event chunk, rewind, status, gap or done
     * @param id the cursor after it
     * @param epoch in which it was written
     * @param step who sent a chunk, as {@code key/try}; empty otherwise
     * @param data JSON
     */
    public record Seen(long at, String event, String id, long epoch, String step, String data) {}

    /** The chunks that stand in the end. */
    public List<Seen> standing() {
        return Fold.standing(frames);
    }

    /** The text that the watcher shows in the end. */
    public String text() {
        return Fold.text(standing());
    }

    /** How many rewinds took something back. */
    public long rewinds() {
        return frames.stream().filter(f -> f.event().equals("rewind")).count();
    }
}
