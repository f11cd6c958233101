package dev.holdfast.peers.dbos;

/** What is executed durably; DBOS makes a proxy of it. */
public interface Runs {
    /** Does nothing. */
    void noop(String run);

    /**
     * Has steps.
     *
     * @param work the name of the {@code Work}
     */
    int steps(String work, String run);
}
