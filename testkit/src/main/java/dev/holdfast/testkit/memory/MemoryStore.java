package dev.holdfast.testkit.memory;

import dev.holdfast.core.Holder;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.testkit.TestStore;
import java.util.Map;
import java.util.Optional;

/**
 * A ledger and a stream log in memory, for tests and simulations: one lock, maps, and nothing clever. It passes the same
 * contract as the ledgers on databases. What it has acknowledged outlives it on its disk.
 *
 * <pre>{@code
 * var disk = new MemoryDisk();
 * var store = MemoryStore.open(disk, clock, ids);
 * // a crash: the old one is left behind, a new incarnation begins on the same disk
 * var next = MemoryStore.open(disk, clock, ids);
 * }</pre>
 */
public final class MemoryStore implements TestStore {
    private final MemoryLedger ledger;
    private final MemoryStream stream;
    private final MemoryDisk disk;
    private final Holder node;

    private MemoryStore(MemoryDisk disk, Clock clock, Ids ids, Guards guards) {
        this.disk = disk;
        this.ledger = new MemoryLedger(disk, clock, ids, guards);
        this.stream = new MemoryStream(disk, guards);
        disk.lock.lock();
        try {
            this.node = new Holder(Holder.Kind.NODE, ++disk.boots, ids.next().getLeastSignificantBits());
            disk.nodes.put(node, Map.of());
        } finally {
            disk.lock.unlock();
        }
    }

    /** Boots on this disk, and has it to itself: whoever was there before is dead. */
    public static MemoryStore open(MemoryDisk disk, Clock clock, Ids ids) {
        return open(disk, clock, ids, new Guards());
    }

    static MemoryStore open(MemoryDisk disk, Clock clock, Ids ids, Guards guards) {
        disk.lock.lock();
        try {
            disk.nodes.clear();
            disk.door = null;
            return new MemoryStore(disk, clock, ids, guards);
        } finally {
            disk.lock.unlock();
        }
    }

    /** Boots on this disk beside those that are there. */
    public static MemoryStore join(MemoryDisk disk, Clock clock, Ids ids) {
        return join(disk, clock, ids, new Guards());
    }

    static MemoryStore join(MemoryDisk disk, Clock clock, Ids ids, Guards guards) {
        return new MemoryStore(disk, clock, ids, guards);
    }

    /** The nodes on this disk, as this one sees them. */
    public MemoryPeers peers() {
        return new MemoryPeers(disk, node);
    }

    @Override
    public Optional<Holder> neighbour() {
        disk.lock.lock();
        try {
            var other = new Holder(Holder.Kind.NODE, ++disk.boots, -disk.boots);
            disk.nodes.put(other, Map.of());
            return Optional.of(other);
        } finally {
            disk.lock.unlock();
        }
    }

    @Override
    public void bury(Holder other) {
        disk.bury(other);
    }

    @Override
    public Ledger ledger() {
        return ledger;
    }

    @Override
    public StreamLog stream() {
        return stream;
    }

    @Override
    public Holder node() {
        return node;
    }

    @Override
    public void close() {
        ledger.close();
        stream.close();
    }
}
