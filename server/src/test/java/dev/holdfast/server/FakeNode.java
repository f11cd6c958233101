package dev.holdfast.server;

import dev.holdfast.engine.Runs;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A node that hosts {@code noop}. */
record FakeNode(FakeRuns fake) implements Node {
    @Override
    public Runs runs() {
        return fake;
    }

    @Override
    public SortedMap<String, String> hosted() {
        return new TreeMap<>(Map.of("noop", "1"));
    }

    @Override
    public List<Figure> figures() {
        return List.of(
                Figure.counter("holdfast.runs.started", "Runs that were started", Map.of(), 3),
                Figure.counter("holdfast.runs.finished", "Runs that ended", Map.of("outcome", "succeeded"), 2),
                Figure.counter("holdfast.runs.finished", "Runs that ended", Map.of("outcome", "failed"), 1));
    }
}
