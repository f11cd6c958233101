package dev.holdfast.postgres;

/** Carries words between nodes on another way than the database: a quicker one, which need not be there. */
public interface Courier {
    /** There is none. */
    Courier NONE = (node, word) -> false;

    /**
     * Carries a word to a node; it may be lost.
     *
     * @return false if it cannot be carried now, and is to go through the database
     */
    boolean carry(long node, String word);
}
