package dev.holdfast.core;

/** What a command does to a run in its present state. */
public sealed interface Decision {

    /** The run's row becomes {@code next}, and a snapshot says {@code cause}. */
    record Transition(Run next, String cause) implements Decision {}

    /** The row stays as it is, or loses its losses; what hangs on it (a step, a message) may be written. No snapshot. */
    record Accepted(Run next) implements Decision {}

    /** The run and all that is its own is removed. */
    record Removal() implements Decision {}

    /** There is nothing to do, which is not an error. */
    record Nothing(String why) implements Decision {}

    /** Whoever asked has lost the run: it must stop, and nothing was written. */
    record Stale(String why) implements Decision {}

    /** Not allowed. Repeating it will not help while the run is in this state. */
    record Refusal(String code, String why) implements Decision {}
}
