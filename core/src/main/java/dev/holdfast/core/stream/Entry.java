package dev.holdfast.core.stream;

/**
 * An entry of a run's stream.
 *
 * @param number ascending per run; serves only as a cursor
 * @param behind the number of the entry behind which it was appended, 0 for none: whoever knows of less misses something, and
 *     whoever knows of more knows what the log has lost
 * @param epoch of the holder who appended it
 * @param item what it says
 */
public record Entry(long number, long behind, long epoch, Item item) {
    /** One whose number is the next. */
    public Entry(long number, long epoch, Item item) {
        this(number, number - 1, epoch, item);
    }

    /** The same without the data of a chunk. */
    public Entry withoutData() {
        return item instanceof Item.Chunk chunk
                ? new Entry(number, behind, epoch, new Item.Chunk(chunk.source(), ""))
                : this;
    }
}
