package dev.holdfast.drills;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A process that was stopped in the middle of anything.
 *
 * @param pid of the process, which it keeps when it has become another node
 * @param stopped when, in microseconds since 1970
 * @param wentOn when it went on
 */
record Freeze(long pid, long stopped, long wentOn) {
    /** Of all processes that were stopped and went on. */
    static List<Freeze> of(Evidence evidence) {
        var all = new ArrayList<Freeze>();
        for (Strike stop : evidence.strikes(Strike.Kind.STOP)) {
            goingOn(evidence, stop)
                    .ifPresent(cont ->
                            all.add(new Freeze(stop.victim().orElseThrow().pid(), stop.micros(), cont.micros())));
        }
        return all;
    }

    private static Optional<Strike> goingOn(Evidence evidence, Strike stop) {
        return evidence.strikes(Strike.Kind.CONT).stream()
                .filter(cont -> cont.micros() >= stop.micros()
                        && stop.node() != null
                        && stop.node().equals(cont.node()))
                .findFirst();
    }

    boolean isDuring(long micros) {
        return micros >= stopped && micros < wentOn;
    }
}
