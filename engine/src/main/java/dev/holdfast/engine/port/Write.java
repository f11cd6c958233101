package dev.holdfast.engine.port;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.stream.StreamEnd;
import java.time.Instant;
import java.util.List;

/** A piece of a change. */
public sealed interface Write {

    /**
     * The run's row, new or changed. The business key is held as {@link Run#holdsKey} says. The row that ends a run also
     * tells those who wait for it, and leaves a message {@code FINALISE} if children end with it that are still alive.
     */
    record Row(Run run) implements Write {}

    record Snap(Snapshot snapshot) implements Write {}

    /** A payload; written once per kind, except that an ERROR of a later attempt replaces an earlier one. */
    record Payload(Kind kind, String json) implements Write {
        public enum Kind {
            INPUT,
            OUTPUT,
            /** A RunError as JSON. */
            ERROR
        }
    }

    /** Another input, of a run that was never started. */
    record Replace(String json) implements Write {}

    /**
     * A step. PENDING may be written again; any other status is written once: a second record at the key is refused
     * ({@code step_recorded}) and so is one step too many ({@code too_many_steps}).
     */
    record Step(StepRecord step) implements Write {}

    /** Moves these steps to the run's history under its attempt: they are not replayed any more. */
    record ToHistory(int attempt, List<StepKey> steps) implements Write {}

    /** Where the stream ends, or may not end before: see {@link Reads#end}. */
    record End(StreamEnd end) implements Write {}

    /**
     * A message into the inbox of a run, this one or another. A message with an id that is there already is not inserted
     * again, and one to a run that has ended or is not there is nothing.
     */
    record Post(RunId to, Message message) implements Write {}

    /**
     * A child begins, with this change of its own. If another run holds its business key nothing of the whole change is
     * written, and the answer is {@link Receipt.KeyHeld}.
     */
    record Begin(Change start) implements Write {}

    /**
     * This run waits for the end of another one: that one's last change writes {@code RUN_ENDED} into this one's inbox. If
     * it has ended already, or is not there, this change does.
     */
    record Await(RunId target) implements Write {}

    /**
     * This run is started by a schedule, which moves to its next firing. If the schedule is not as it was read any more
     * the whole change is stale. Only with the change of a new run.
     */
    record Fire(ScheduleChange moves) implements Write {}

    /** A signal that nobody waits for yet is kept. */
    record Keep(String name, String json, Where where) implements Write {
        public enum Where {
            LAST,
            /** It was taken by an attempt that failed, and is to be taken again. */
            FIRST
        }
    }

    /** A kept signal is taken; {@code number} is among those of its name. */
    record Take(String name, long number) implements Write {}

    /** A token can be completed from now on, until then. It is void when the step that has opened it moves to history. */
    record OpenToken(StepKey key, String id, Instant until) implements Write {}

    /**
     * A token is completed; posting its value is the same change's. Refused ({@code token_completed}, {@code
     * token_unknown}) if somebody was quicker, or it is not open any more.
     */
    record CompleteToken(String id) implements Write {}

    /** Applied messages leave the inbox. If one of them is not there any more, the whole change is stale. */
    record Consume(List<Long> numbers) implements Write {}

    /** Whatever was sent to the run leaves, and so do its tokens: it has ended. */
    record ClearInbox() implements Write {}

    /** The run and all that is its own leaves, except the answers to request ids. */
    record Remove() implements Write {}
}
