package dev.holdfast.engine.port;

import java.util.concurrent.locks.Lock;

/** The only source of threads, of waits and of locks, so that a simulation can schedule all of them. */
public interface Threads {
    /**
     * Starts a platform thread for a loop of the engine: it must go on whatever user code does. A body that throws, if it be for
     * want of memory, is begun anew a moment later: nobody notices a loop that has ended but by what is never done again.
     */
    Thread loop(String name, Runnable body);

    /** Starts a virtual thread for user code, or for somebody who waits. */
    Thread task(String name, Runnable body);

    /** Makes a bell. */
    Bell bell();

    /**
     * Makes a lock, reentrant and with conditions. Every lock under which a port may be called comes from here; timed
     * waits are a bell's.
     */
    Lock lock();

    /** Waits until a thread that was started here has ended. */
    void join(Thread thread) throws InterruptedException;
}
