package dev.holdfast.engine.port;

import dev.holdfast.core.RunId;

/**
 * Hints only save time: they say where to look. Losing every one of them costs only latency, because everything that
 * listens also looks by itself now and then.
 */
public interface Hints {
    /** Something about this run is new: a snapshot, a message, an entry of its stream. */
    void changed(RunId run);

    /** The run has ended: that is new too, and whoever waits for nothing else is told. */
    void ended(RunId run);

    /** There may be something to claim. */
    void work();

    /** Calls back for each hint about this run, on the thread of whoever gave it: be quick, do not block. */
    Listening onChange(RunId run, Runnable look);

    /** Calls back when the run ends, in the same way. */
    Listening onEnd(RunId run, Runnable look);

    /** Calls back for each hint about work. */
    Listening onWork(Runnable look);

    /** Until closed. */
    interface Listening extends AutoCloseable {
        @Override
        void close();
    }
}
