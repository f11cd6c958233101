package dev.holdfast.testkit.world;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.engine.Started;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.ScheduleChange;
import dev.holdfast.engine.port.StoredSchedule;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was seen in a world, in the order in which it happened: what a ledger has written, told at the moment at which it
 * was, and what clients and code have done. The checks are functions of nothing else.
 */
sealed interface Event {
    /** By the ledger's clock. */
    Instant at();

    /**
     * A run was written down.
     *
     * @param steps what was recorded with it
     */
    record Began(Instant at, Run run, String input, List<StepRecord> steps) implements Event {}

    /**
     * Another start had a run that was there wait anew, with another input.
     *
     * @param decided when
     */
    record Postponed(Instant at, Instant decided, Run run, String input) implements Event {}

    /** A run was given to a node. */
    record Claimed(Instant at, Run run, String input) implements Event {}

    /** A step was recorded for good. */
    record Recorded(Instant at, RunId run, StepRecord step) implements Event {}

    /** These steps are not replayed any more: they are done again by the next attempt. */
    record Undone(Instant at, RunId run, List<StepKey> steps) implements Event {
        public Undone {
            steps = List.copyOf(steps);
        }
    }

    /** The body of a step was executed. */
    record Executed(Instant at, RunId run, long epoch, StepKey key) implements Event {}

    /** A run has ended. */
    record Ended(Instant at, Run run) implements Event {}

    /** A run was removed because somebody has asked for it. */
    record Deleted(Instant at, RunId run) implements Event {}

    /**
     * A run was removed for its age.
     *
     * @param run as it was
     * @param needed what it was still needed for; empty if nothing
     */
    record Aged(Instant at, Run run, List<String> needed) implements Event {}

    /**
     * A schedule was written.
     *
     * @param looked when its node has begun the look at the clock that led to it, at the latest
     * @param fired the run that was written with it; null if none was
     */
    record Scheduled(
            Instant at,
            Instant looked,
            ScheduleChange change,
            @Nullable RunId fired) implements Event {}

    /** A client is about to ask for something to become of a schedule. */
    record Arranges(Instant at, String schedule) implements Event {}

    /**
     * … and was told that it has.
     *
     * @param wish what was asked for
     */
    record Arranged(Instant at, String schedule, Wish wish) implements Event {}

    /** What is to become of a schedule. */
    sealed interface Wish {
        record Defined(StoredSchedule.Definition definition) implements Wish {}

        record Paused() implements Wish {}

        record Resumed() implements Wish {}

        record Gone() implements Wish {}
    }

    /** A queue was changed. */
    record QueueSet(Instant at, String queue, QueueChange.What what) implements Event {}

    /** A client is about to ask that a run is done again, once. */
    record Asks(Instant at, RunId about) implements Event {}

    /** A client was answered: these runs are there. */
    record Told(Instant at, String request, List<Started> runs) implements Event {
        public Told {
            runs = List.copyOf(runs);
        }
    }

    /** A client was told that nothing was done. */
    record Refusal(Instant at, String request) implements Event {}

    /** Whatever the clock was to start by then had the time that it needs. */
    record Waited(Instant at, Instant by) implements Event {}

    /** Everything had the time that it needs. */
    record Over(Instant at) implements Event {}
}
