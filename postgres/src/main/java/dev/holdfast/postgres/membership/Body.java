package dev.holdfast.postgres.membership;

import dev.holdfast.postgres.session.Connections;
import dev.holdfast.postgres.session.PostgresPorts;

/**
 * What the loops of one node share.
 *
 * @param connections named after the node
 * @param ports threads and time
 * @param times how long everything takes
 * @param listener who is told
 * @param fence whether it lives
 */
record Body(Connections connections, PostgresPorts ports, Times times, Listener listener, Fence fence) {
    /** Whether the loops go on. */
    boolean isAlive() {
        return fence.isOpen();
    }
}
