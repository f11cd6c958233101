package dev.holdfast.testkit.memory;

import dev.holdfast.core.Holder;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.testkit.TestStore;

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
    private final Holder node;

    private MemoryStore(MemoryDisk disk, Clock clock, Ids ids, Guards guards) {
        this.ledger = new MemoryLedger(disk, clock, ids, guards);
        this.stream = new MemoryStream(disk, guards);
        disk.lock.lock();
        try {
            this.node = new Holder(Holder.Kind.NODE, ++disk.boots, ids.next().getLeastSignificantBits());
        } finally {
            disk.lock.unlock();
        }
    }

    /** Boots on this disk. */
    public static MemoryStore open(MemoryDisk disk, Clock clock, Ids ids) {
        return open(disk, clock, ids, new Guards());
    }

    static MemoryStore open(MemoryDisk disk, Clock clock, Ids ids, Guards guards) {
        return new MemoryStore(disk, clock, ids, guards);
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
