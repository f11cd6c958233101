package dev.holdfast.engine.port;

import dev.holdfast.core.Lane;
import java.util.Comparator;

/**
 * A lane that gives or lacks slots now, or that is paused.
 *
 * @param lane which one
 * @param isPaused whether no run of it is claimed
 * @param taken how many of its slots are taken
 * @param waiting queued runs whose time has come
 */
public record LaneView(Lane lane, boolean isPaused, long taken, long waiting) {
    /** The order in which lanes are listed. */
    public static final Comparator<Lane> ORDER =
            Comparator.comparing(Lane::name).thenComparing(Lane::kind);
}
