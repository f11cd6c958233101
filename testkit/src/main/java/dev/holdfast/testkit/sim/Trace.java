package dev.holdfast.testkit.sim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/** What has happened: every point and every choice, as one number; and how often each place was reached. */
public final class Trace {
    private static final int KEPT = 60;

    private final Map<String, Integer> places = new TreeMap<>();
    private final Deque<String> newest = new ArrayDeque<>();
    private long hash = 1;
    private long points;

    void reached(Point point) {
        points++;
        String place = point.place();
        hash = hash * 31 + place.hashCode();
        places.merge(place, 1, Integer::sum);
        if (newest.size() == KEPT) newest.removeFirst();
        newest.addLast(point.process() + " " + place);
    }

    void chose(int picked) {
        hash = hash * 31 + picked;
    }

    /** The same for two executions only if they were the same. */
    public long hash() {
        return hash;
    }

    /** How many points were reached. */
    public long points() {
        return points;
    }

    /** How often each place was reached. */
    public Map<String, Integer> places() {
        return new TreeMap<>(places);
    }

    /** The last ones, oldest first. */
    public String newest() {
        return String.join("\n", newest);
    }
}
