package dev.holdfast.sdk;

import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Waiting;
import dev.holdfast.core.stream.Source;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The durable side of one epoch of a run, as the replaying Context sees it. The engine implements it for code in its
 * process; a worker implements it over the wire. Calls come from the thread of the attempt. Those that the bodies of
 * steps need may come from the threads that {@link #beside} has started as well, and {@link #send} from any.
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

    /** For when a schedule has planned the run; empty if none has started it. */
    default Optional<Instant> scheduledAt() {
        return Optional.empty();
    }

    /** What was recorded at this key, null if nothing was. What this epoch recorded is seen too. */
    @Nullable
    StepRecord recorded(StepKey key);

    /** The highest number of a key that was recorded before this epoch began; what was sent before it is not sent again. */
    int replayedThrough();

    /** Writes a step down. Durable when it answers KEPT. */
    Answer record(StepRecord step);

    /** The body is told of the cancel now: what follows is compensation, and is not interrupted. */
    void delivered();

    /** Parks the run: the code called another step than was recorded at this key. */
    Answer park(Run.Parked mismatch);

    /**
     * A try of a step begins. If an earlier try sent anything, its chunks are rewound. Returns when it may; the standing is
     * to be asked then, as it may have taken a while.
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

    /** Waits, unless it is interrupted. For a try of a step whose body is executed beside the body of the task. */
    void pause(Duration time) throws InterruptedException;

    /**
     * Waits for one of these steps, or for all of them. When it takes long the code is asked to leave, unless something
     * is busy, so that the run can be given up.
     */
    Waited await(Wish wish);

    /**
     * What to wait for.
     *
     * @param on the steps; one that is not recorded is the body of a step that is executing now
     * @param goal what of them
     * @param begun a wait that begins now, to be written down; null if it was before
     * @param busy whether the body of a step is executing: then the attempt cannot leave
     */
    record Wish(Waiting on, Goal goal, @Nullable StepRecord begun, BooleanSupplier busy) {}

    /** What a wait is for. */
    enum Goal {
        /** That the steps are recorded for good. */
        RESULT,
        /** That the next try of the step may begin. */
        TURN
    }

    /** How a wait has ended. */
    enum Waited {
        OVER,
        /** Leave: it takes long, and the run is given up when its code has left. */
        LEAVE,
        /** Look at {@link Attempt#standing}, and wait again if it allows that. */
        LOOK,
        SUPERSEDED
    }

    /** Something was recorded, or has left, by a thread beside: whoever waits in {@link #await} looks again. */
    void wake();

    /** Waits until this is so, whatever else happens; asked again at each {@link #wake}. */
    void settle(BooleanSupplier over);

    /** Executes this on a thread of its own, which is interrupted whenever the attempt is. */
    Thread beside(String name, Runnable body);

    /**
     * Starts a child; its start and the step that waits for it are written together.
     *
     * @throws Refused if it cannot be started as it is; nothing was written
     */
    Answer start(ChildStart child);

    /** Opens a token until then, and writes it down as the result of this step: an object with {@code id} and {@code until}. */
    Answer token(StepKey key, String name, Duration open);

    /** Whether a step can be recorded together with what its body writes: see {@link #transaction}. */
    default boolean transacts() {
        return false;
    }

    /**
     * Begins a transaction in the database in which the steps are recorded. It may have to wait for a session.
     *
     * @throws InterruptedException if it is interrupted while it waits
     */
    default Transaction transaction() throws InterruptedException {
        throw new UnsupportedOperationException("no step is recorded in a transaction here");
    }

    /** A transaction that ends with a record, or leaves nothing. Closed when its step is left in whatever way. */
    interface Transaction extends AutoCloseable {
        /** For the body of the step; of no use when that was left. */
        Connection connection();

        /**
         * The body was left: what the database would do for it at the commit is done now, and as interruptible as the body.
         *
         * @throws SQLException if the database refuses what the body has done, or its session is lost
         */
        void conclude() throws SQLException;

        /**
         * Writes the step down and commits, all or nothing: durable when it answers KEPT. It is not interrupted.
         *
         * @throws SQLException if the database refuses what the body has done; all of it was rolled back
         */
        Answer commit(StepRecord step) throws SQLException;

        /** Undoes all of it; answers whether the session was there to be told: where it is lost, nobody knows what broke. */
        boolean rollback();

        @Override
        void close();
    }

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
