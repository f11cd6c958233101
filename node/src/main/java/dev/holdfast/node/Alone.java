package dev.holdfast.node;

import dev.holdfast.engine.Engine;
import dev.holdfast.engine.Ports;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;

/**
 * A node that has its ledger to itself.
 *
 * @param since when it was opened
 */
record Alone(Engine engine, Ports ports, Instant since) implements Holdfast.Seat {
    @Override
    public Ring ring() {
        var hosts = new TreeMap<String, String>();
        engine.hosted().forEach(h -> hosts.put(h.task().name(), h.task().version()));
        long number = ports.peers().node().number();
        var node = new Ring.Node(number, "", "", since, Duration.ZERO, engine.executing(), hosts);
        return new Ring(number, List.of(node), List.of());
    }

    /** They are where the runs are. */
    @Override
    public void demandStreams() {}

    @Override
    public KeyBook keys() {
        return KeyBook.empty();
    }
}
