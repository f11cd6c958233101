package dev.holdfast.core;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The deadlines of a run, by name. The row's deadline is the earliest of them; a sweep finds it, so no crash loses one.
 *
 * @param byName never modified
 */
public record Deadlines(Map<Name, Instant> byName) {
    public static final Deadlines NONE = new Deadlines(Map.of());

    public enum Name {
        /** Time to live before the first start. */
        TTL,
        /** The executor must have said {@code started}. */
        START,
        /** The attempt must have made progress. */
        PROGRESS,
        /** The attempt of a run with losses has executed for so long that the run is not the reason for them. */
        HEALTHY,
        /** The run may not live longer. */
        MAX_DURATION,
        /** A wait gives up. */
        WAIT,
        /** A stopping executor must be gone. */
        STOP,
        /** A cancelled run must have compensated: one budget for all its epochs. */
        COMPENSATION
    }

    public Deadlines {
        var copy = new EnumMap<Name, Instant>(Name.class);
        copy.putAll(byName);
        byName = Collections.unmodifiableMap(copy);
    }

    public Deadlines with(Name name, Instant at) {
        var copy = new EnumMap<Name, Instant>(Name.class);
        copy.putAll(byName);
        copy.put(name, at);
        return new Deadlines(copy);
    }

    public Deadlines without(Name name) {
        if (!byName.containsKey(name)) return this;
        var copy = new EnumMap<Name, Instant>(Name.class);
        copy.putAll(byName);
        copy.remove(name);
        return new Deadlines(copy);
    }

    /** The earliest of them. */
    public Optional<Instant> next() {
        return byName.values().stream().min(Instant::compareTo);
    }

    /** The earliest that has come; of two at the same instant, the one that is declared first. */
    public Optional<Name> due(Instant now) {
        return byName.entrySet().stream()
                .filter(e -> !e.getValue().isAfter(now))
                .min(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey);
    }
}
