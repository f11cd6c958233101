package dev.holdfast.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many requests were answered, by method, route and status. Anybody can make up methods and paths, but what is none
 * of ours counts as {@code other}, so that this stays small.
 */
final class Requests {
    private record Kind(String method, String route, int status) {}

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");

    private final Map<Kind, LongAdder> counts = new ConcurrentHashMap<>();

    /** @param route its template, or {@code other} */
    void count(String method, String route, int status) {
        String known = METHODS.contains(method) ? method : "other";
        counts.computeIfAbsent(new Kind(known, route, status), kind -> new LongAdder())
                .increment();
    }

    List<Figure> figures() {
        var all = new ArrayList<Figure>();
        counts.forEach((kind, count) -> all.add(Figure.counter(
                "holdfast.http.requests",
                "Requests answered, by route and status",
                Map.of("method", kind.method(), "route", kind.route(), "status", Integer.toString(kind.status())),
                count.sum())));
        return all;
    }
}
