package dev.holdfast.drills;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Which nodes were found dead, as the cluster has written it down, and how long that took. Safe for one thread. */
final class Deaths {
    private final Map<Long, Death> found = new LinkedHashMap<>();
    private final Map<Long, Long> gone = new LinkedHashMap<>();
    private final Map<Long, Long> written = new LinkedHashMap<>();

    /**
     * Of a node.
     *
     * @param number its number
     * @param how what showed it
     */
    record Death(long number, How how) {}

    /** What shows the death of a node. */
    enum How {
        RING,
        SWEEP,
        FROZEN
    }

    /** Also those that it knows already. */
    void found(List<Death> told) {
        for (Death death : told) found.putIfAbsent(death.number(), death);
    }

    /** Whether all of them were found dead. */
    boolean know(Collection<Long> numbers) {
        return found.keySet().containsAll(numbers);
    }

    /** There was no such process any more at this moment, in microseconds since 1970. */
    void gone(long number, long micros) {
        gone.put(number, micros);
    }

    /** It was written down at this moment, in microseconds since 1970. */
    void written(long number, long micros) {
        written.put(number, micros);
    }

    /** How those were found that were struck so, and how often each. */
    Map<How, Integer> how(List<Strike> strikes) {
        var counts = new TreeMap<How, Integer>();
        for (Strike strike : strikes) {
            Optional.ofNullable(found.get(strike.number()))
                    .ifPresent(death -> counts.merge(death.how(), 1, Integer::sum));
        }
        return counts;
    }

    /** From each of these strikes to the end of the process, as the drill saw it: its sockets are closed a moment before. */
    Spread ended(List<Strike> strikes) {
        return since(strikes, gone);
    }

    /** From each of these strikes to when the death was written down, where that was seen. */
    Spread took(List<Strike> strikes) {
        return since(strikes, written);
    }

    private static Spread since(List<Strike> strikes, Map<Long, Long> moments) {
        var micros = new ArrayList<Long>();
        for (Strike strike : strikes) {
            Long at = moments.get(strike.number());
            if (at != null) micros.add(at - strike.micros());
        }
        return Spread.of(micros);
    }
}
