package dev.holdfast.core;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What can be asked of a run. {@link Rules#decide} says what each of them does in each state. */
public sealed interface Command {

    /** A command of an executor: it names the fence it was given. */
    sealed interface OfHolder extends Command {
        Fence.By by();
    }

    /** Makes the run. Commands carry durations; instants are made from the ledger's clock. */
    record Start(
            RunId id,
            Run.Origin origin,
            Run.Policy policy,
            String queue,
            @Nullable Lane lane,
            Timing timing) implements Command {}

    /**
     * @param delay not claimable before this has passed
     * @param ttl expires if it was not started by then; null for never
     * @param ahead its place in the queue is earlier by this
     * @param debounce instead of a delay; null for none
     */
    record Timing(
            Duration delay,
            @Nullable Duration ttl,
            Duration ahead,
            @Nullable Debounce debounce) {
        public static final Timing NOW = new Timing(Duration.ZERO, null, Duration.ZERO);

        /** Without a debounce. */
        public Timing(Duration delay, @Nullable Duration ttl, Duration ahead) {
            this(delay, ttl, ahead, null);
        }
    }

    /**
     * Starts of one task with one key that follow each other are one run, with the input of the last.
     *
     * @param key which starts
     * @param quiet not claimable before there was none for so long
     */
    record Debounce(String key, Duration quiet) {}

    /**
     * Another start with its debounce key: it has to wait again, from now on.
     *
     * @param timing of that start
     */
    record Postpone(Timing timing) implements Command {}

    /** Makes a run claimable that was started inside somebody else's transaction. */
    record Enqueue() implements Command {}

    /**
     * Gives the run to a holder.
     *
     * @param slot whose slot it executes in
     */
    record Claim(Holder holder, Run.Slot slot) implements Command {
        public Claim(Holder holder) {
            this(holder, Run.Slot.OWN);
        }
    }

    /** The executor says that the attempt executes now. */
    record Started(Fence.By by) implements OfHolder {}

    /** Writes down a step. Moves no seq and writes no snapshot. */
    record RecordStep(Fence.By by) implements OfHolder {}

    /**
     * The attempt waits.
     *
     * @param on what it goes on with
     * @param until when the first of these waits is over by itself, as it is recorded with them; null for never
     */
    record Block(Fence.By by, Waiting on, @Nullable Instant until) implements OfHolder {}

    /** What it waited for has come. */
    record Unblock() implements Command {}

    /** The attempt leaves memory until what it waits for has come. */
    record GiveUp(Fence.By by) implements OfHolder {}

    /** The attempt returned. */
    record Succeed(Fence.By by) implements OfHolder {}

    /**
     * The attempt threw.
     *
     * @param error as it will be recorded
     * @param dice a random number from 0 to 1, for the jitter of the delay
     */
    record Fail(Fence.By by, RunError error, double dice) implements OfHolder {}

    /** The executor died of its own; it is tried again as a failure is. */
    record Crash(Fence.By by, RunError error, double dice) implements OfHolder {}

    /** The code at a key was not what was recorded there. */
    record Park(Fence.By by, Run.Parked why) implements OfHolder {}

    /** A parked run may be tried again: other code is there. */
    record Unpark() implements Command {}

    /**
     * The holder is gone.
     *
     * @param holder who; a run that another one holds is not touched
     * @param blame whether it counts against the run
     */
    record Lost(Holder holder, Blame blame) implements Command {}

    enum Blame {
        /** The holder died; the run may be the reason. */
        COUNTED,
        /** A drain, a fence, a database fault. */
        NOT_COUNTED
    }

    /**
     * Somebody wants it to end.
     *
     * @param compensable whether there is something that it may want to compensate, and code that can
     */
    record Cancel(boolean compensable) implements Command {}

    /** The engine stops the executor. */
    record StopIt(Stop why) implements Command {}

    /**
     * The executor has left user code: it was asked to, or a cancel made it leave. Its epoch ends here.
     *
     * @param compensated whether a cancel has nothing more to do: the code was told of it and has left, or nothing was
     *     recorded that it could want to compensate
     */
    record Stopped(Fence.By by, boolean compensated) implements OfHolder {}

    /** A live worker or host is reached through another node now. */
    record Adopt(Holder holder) implements Command {}

    /** Ends a run that was never started, if its time to live is over. */
    record Expire() implements Command {}

    /** A deadline has come, or is believed to. */
    record DeadlineCame(Deadlines.Name name) implements Command {}

    /** A message by name; kept until it is waited for. */
    record Signal(String name) implements Command {}

    /** Makes a new run from this one's input. */
    record Rerun() implements Command {}

    /** The code of a run that had ended before has left this node: what it kept until then is free. */
    record Left(Holder node) implements Command {}

    /** Removes the run and all that is its own. */
    record Delete() implements Command {}

    /** Does what is left after the end. */
    record Finalise() implements Command {}

    /** Stops claims from the run's queue or lane. */
    record Pause() implements Command {}

    /** Allows them again. */
    record Resume() implements Command {}
}
