package dev.holdfast.core.stream;

/**
 * Which numbers the entries of a stream have where the log may lose its newest ones: each epoch begins at a number of its own,
 * above all that an earlier one could use. So no number is used again for something else, whatever was lost, and a number
 * tells which epoch it is of. The first epoch begins at 1.
 */
public final class Numbering {
    private static final int BITS = 32;

    private Numbering() {}

    /** The number with which an epoch begins, if nothing that is there has a higher one. */
    public static long first(long epoch) {
        return ((epoch - 1) << BITS) + 1;
    }

    /**
     * How many entries are missing to whom knows all up to one number, and is to go on behind another: as many as there were
     * at least, for of an epoch that is gone as a whole nobody knows.
     */
    public static long missing(long known, long behind) {
        boolean isOneEpoch = (known - 1) >> BITS == (behind - 1) >> BITS;
        return isOneEpoch ? behind - known : (behind - 1) % (1L << BITS) + 1;
    }
}
