package dev.holdfast.server;

import dev.holdfast.core.Lane;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.Runs;
import dev.holdfast.engine.port.LedgerFigures;
import dev.holdfast.node.KeyBook;
import dev.holdfast.node.Ring;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A node that hosts {@code noop}, and {@code chat} in serial lanes.
 *
 * @param obstacle why it takes nothing; null if it does
 */
record FakeNode(FakeRuns fake, @Nullable Unavailable obstacle) implements Node {
    private static final Instant JOINED = Instant.parse("2026-01-02T03:04:05Z");

    FakeNode(FakeRuns fake) {
        this(fake, null);
    }

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

    @Override
    public void demandOpen() {
        if (obstacle != null) throw obstacle;
    }

    @Override
    public void demandStreams() {}

    @Override
    public long unhosted() {
        return 4;
    }

    @Override
    public Ring ring() {
        var node = new Ring.Node(7, "blue", "http://127.0.0.1:7007", JOINED, Duration.ofMillis(12), 2, hosts());
        var takeover =
                new Ring.Takeover(6, "green", 7, JOINED, Ring.How.RING, Optional.empty(), Duration.ofNanos(4_200_000));
        return new Ring(7, List.of(node), List.of(takeover));
    }

    private static SortedMap<String, String> hosts() {
        return new TreeMap<>(Map.of("noop", "1"));
    }

    @Override
    public KeyBook keys() {
        fake.readKeys();
        return KeyBook.empty();
    }
}
