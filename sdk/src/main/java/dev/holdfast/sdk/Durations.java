package dev.holdfast.sdk;

import dev.holdfast.core.Defaults;
import java.time.Duration;

/** Checks of durations that users give. What is longer than {@link Defaults#LONGEST} is taken as that. */
final class Durations {
    private Durations() {}

    static Duration positive(String what, Duration value) {
        if (value.isZero()) throw new IllegalArgumentException(what + " must be longer than zero.");
        return notNegative(what, value);
    }

    static Duration notNegative(String what, Duration value) {
        if (value.isNegative()) throw new IllegalArgumentException(what + " cannot be negative, is " + value + ".");
        return Defaults.atMostLongest(value);
    }
}
