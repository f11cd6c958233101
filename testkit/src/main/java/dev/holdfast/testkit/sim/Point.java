package dev.holdfast.testkit.sim;

/**
 * A place where the turn may change: who was there, which port it called, and from where.
 *
 * @param process of the thread; empty for those that belong to none
 * @param role what the thread is there for: its name, without what differs from run to run
 * @param call of a port
 * @param site the method that called it
 */
public record Point(String process, String role, String call, String site) {
    /** The same place in every boot of a node. */
    public String place() {
        return role + " " + call + " " + site;
    }
}
