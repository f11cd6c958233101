package dev.holdfast.core;

import java.util.Locale;

/**
 * What must be alive for an attempt to go on.
 *
 * @param kind a node (code in the process), a worker (its lease) or a host (a sandbox on it)
 * @param number its number among its kind
 * @param incarnation random at each boot, so that a namesake is never mistaken for it
 */
public record Holder(Kind kind, long number, long incarnation) {
    public enum Kind {
        NODE,
        WORKER,
        HOST
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + "/" + number;
    }
}
