package dev.holdfast.engine.port;

import dev.holdfast.core.Holder;
import dev.holdfast.core.RunId;
import java.util.function.Consumer;

/**
 * Hints only save time: they say where to look. Losing every one of them costs only latency, because everything that
 * listens also looks by itself now and then.
 */
public interface Hints {
    /** Something about this run is new: a snapshot, a message, an entry of its stream. */
    void changed(RunId run);

    /** The run has ended: that is new too, and whoever waits for nothing else is told. */
    void ended(RunId run);

    /** A message was posted to a run that this holder has, which is another node: that one is to look. */
    void posted(RunId run, Holder holder);

    /** There may be something to claim. */
    void work();

    /** Calls back for each hint about this run, on the thread of whoever gave it: be quick, do not block. */
    Listening onChange(RunId run, Runnable look);

    /** Calls back when the run ends, in the same way. */
    Listening onEnd(RunId run, Runnable look);

    /** Calls back with each run of this node to which somebody elsewhere has posted a message. */
    Listening onPost(Consumer<RunId> look);

    /** Calls back for each hint about work. */
    Listening onWork(Runnable look);

    /** Until closed. */
    interface Listening extends AutoCloseable {
        @Override
        void close();
    }
}
