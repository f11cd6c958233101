package dev.holdfast.sdk;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.stream.Source;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The durable side of one epoch of a run, as the replaying Context sees it. The engine implements it for code in its
 * process; a worker implements it over the wire. All calls come from the thread of the attempt, except {@link #send},
 * which may come from any thread that executes a body of its steps.
 *
 * <p>Whatever its methods throw, beyond what they declare, is trouble of the infrastructure and never an outcome: user
 * code is left by {@link Unwind}, and {@link Execution#run} throws it again. Somebody who stops the attempt changes its
 * standing first and interrupts its thread then.
 */
public interface Attempt {
    RunId run();

    /** Which attempt, from 1. */
    int number();

    long epoch();

    /** What was recorded at this key, null if nothing was. What this epoch recorded is seen too. */
    @Nullable
    StepRecord recorded(StepKey key);

    /** The highest number of a key that was recorded before this epoch began; what was sent before it is not sent again. */
    int replayedThrough();

    /** Writes a step down. Durable when it answers KEPT. */
    Answer record(StepRecord step);

    /** Parks the run: the code called another step than was recorded at this key. */
    Answer park(Run.Parked mismatch);

    /**
     * A try of a step begins. If an earlier try sent anything, its chunks are rewound.
     *
     * @param tries which try, from 1
     */
    void begin(StepKey key, int tries);

    /** Sends a chunk. Blocks while too much is waiting to be stored. */
    void send(Source source, String json);

    /** Where the attempt stands now; asked at every call of the Context. */
    Standing standing();

    Instant now();

    /** A random number from 0 to 1, for jitter. Not recorded. */
    double dice();

    /** Waits, unless it is interrupted. */
    void pause(Duration time) throws InterruptedException;

    /** Interrupts the calling thread after this time unless it was closed before. */
    Alarm interruptAfter(Duration time);

    /** Whether a write was kept. */
    enum Answer {
        KEPT,
        /** A newer epoch owns the run; nothing was written. */
        SUPERSEDED
    }

    /** Whether the attempt may go on. */
    enum Standing {
        GOING,
        /** Cancel was asked for: the next key that has nothing recorded becomes the place where Cancelled is thrown. */
        CANCELLED,
        /** A newer epoch owns the run. */
        SUPERSEDED,
        /** The node is closing; the run goes on elsewhere, or later. */
        DRAINING,
        /** It is being stopped for good: it took too long. */
        STOPPED
    }

    /** An interrupt to come. Closing it after it rang clears the interrupt that it caused. */
    interface Alarm extends AutoCloseable {
        /** Whether it has interrupted the thread. */
        boolean rang();

        @Override
        void close();
    }
}
