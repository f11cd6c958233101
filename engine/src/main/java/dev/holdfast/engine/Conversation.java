package dev.holdfast.engine;

import dev.holdfast.core.Namespace;
import dev.holdfast.engine.port.RunFilter;

/**
 * A conversation: the serial lane {@code thread:ID} of a queue. Its turns are the runs in it, one of which is live.
 *
 * @param queue of the task that takes the turns
 * @param thread its id
 */
public record Conversation(Namespace namespace, String queue, String thread) {
    /** The name of its lane. */
    public String lane() {
        return "thread:" + thread;
    }

    /** Its turns, among all runs. */
    RunFilter filter() {
        return new RunFilter(null, null, null, queue, lane());
    }
}
