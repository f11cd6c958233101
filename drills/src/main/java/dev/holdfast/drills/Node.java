package dev.holdfast.drills;

import java.time.Duration;

/**
 * A node of a drill: one process. Its successor has the same label.
 *
 * @param label for people
 * @param process that it is
 * @param api where it is asked
 */
record Node(String label, ServerProcess process, Api api) {
    /** Of a process that was told to end, and did. */
    private static final int TERMINATED = 143;

    long pid() {
        return process.pid();
    }

    /**
     * Waits for its end, of which it was told by SIGTERM.
     *
     * @throws IllegalStateException if it does not come in time, or not because it was told
     */
    void awaitLeft(Duration limit) throws InterruptedException {
        int code = process.awaitExit(limit);
        if (code != TERMINATED) {
            throw new IllegalStateException("node " + label + ", which was told to end by SIGTERM, ended with " + code
                    + " and not with " + TERMINATED);
        }
    }

    @Override
    public String toString() {
        return label;
    }
}
