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
    long pid() {
        return process.pid();
    }

    /**
     * Waits for its end, of which it was told by SIGTERM.
     *
     * @throws IllegalStateException if it does not come in time, or not because it was told
     */
    void awaitLeft(Duration limit) throws InterruptedException {
        demand(ServerProcess.TERMINATED, process.awaitExit(limit), "was told to end by SIGTERM");
    }

    /**
     * Waits for its end by itself, when code of it does not leave.
     *
     * @throws IllegalStateException if it does not come in time, or not by itself
     */
    void awaitHalted(Duration limit) throws InterruptedException {
        demand(ServerProcess.HALTED, process.awaitExit(limit), "had to stop what it executed");
    }

    private void demand(int wanted, int code, String what) {
        if (code == wanted) return;
        throw new IllegalStateException(
                "node " + label + ", which " + what + ", ended with " + code + " and not with " + wanted);
    }

    @Override
    public String toString() {
        return label;
    }
}
