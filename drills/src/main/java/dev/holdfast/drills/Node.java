package dev.holdfast.drills;

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

    @Override
    public String toString() {
        return label;
    }
}
