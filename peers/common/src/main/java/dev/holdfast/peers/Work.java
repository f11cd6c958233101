package dev.holdfast.peers;

/** What a run does. The code is in {@link Bodies}; how it becomes durable is the peer's own. */
public enum Work {
    /** Nothing. */
    NOOP,
    /** {@link Bodies#STEPS} durable steps, each of which returns a number. */
    STEPS,
    /** As many steps; a process that is to be killed never leaves the third. */
    STUCK
}
