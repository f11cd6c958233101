package dev.holdfast.server;

import dev.holdfast.core.Lane;
import dev.holdfast.engine.Runs;
import dev.holdfast.engine.port.LedgerFigures;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A node that hosts {@code noop}, and {@code chat} in serial lanes. */
record FakeNode(FakeRuns fake) implements Node {
    @Override
    public Runs runs() {
        return fake;
    }

    @Override
    public SortedMap<String, Hosting> hosted() {
        return new TreeMap<>(Map.of(
                "noop", new Hosting("1", "default", null, input -> null),
                "chat", new Hosting("1", "default", Lane.Kind.SERIAL, input -> "named by " + input)));
    }

    @Override
    public int executing() {
        return 2;
    }

    @Override
    public LedgerFigures figures() {
        return new LedgerFigures(3, 9, 1, Map.of(2, 1L, 4, 2L), Map.of("synchronous", "2"));
    }
}
