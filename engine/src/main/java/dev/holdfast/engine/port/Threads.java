package dev.holdfast.engine.port;

/** The only source of threads and of timed waits, so that a simulation can schedule both. */
public interface Threads {
    /** Starts a platform thread for a loop of the engine: it must go on whatever user code does. */
    Thread loop(String name, Runnable body);

    /** Starts a virtual thread for user code, or for somebody who waits. */
    Thread task(String name, Runnable body);

    /** Makes a bell. */
    Bell bell();
}
