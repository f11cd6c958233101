package dev.holdfast.engine.port;

import dev.holdfast.core.Run;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.stream.StreamEnd;
import java.util.List;

/** A piece of a change. */
public sealed interface Write {

    /** The run's row, new or changed. The business key is held as {@link Run#holdsKey} says. */
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

    /**
     * A step. PENDING may be written again; any other status is written once: a second record at the key is refused
     * ({@code step_recorded}) and so is one step too many ({@code too_many_steps}).
     */
    record Step(StepRecord step) implements Write {}

    /** Moves these steps to the run's history under its attempt: they are not replayed any more. */
    record ToHistory(int attempt, List<StepKey> steps) implements Write {}

    /** Where the stream ends. */
    record End(StreamEnd end) implements Write {}

    /** A message into the run's inbox; a message with an id that is there already is not inserted again. */
    record Post(Message message) implements Write {}

    /** Applied messages leave the inbox. */
    record Consume(List<Long> numbers) implements Write {}

    /** Everything in the inbox leaves: the run has ended. */
    record ClearInbox() implements Write {}

    /** The run and all that is its own leaves, except the answers to request ids. */
    record Remove() implements Write {}
}
