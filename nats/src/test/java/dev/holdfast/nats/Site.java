package dev.holdfast.nats;

import dev.holdfast.core.Holder;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.testkit.TestStore;
import dev.holdfast.testkit.memory.MemoryDisk;
import dev.holdfast.testkit.memory.MemoryStore;
import java.time.Duration;

/** A ledger in memory, and streams on a real NATS. */
record Site(MemoryStore store, NatsCluster nats, StreamLog stream) implements TestStore {
    /** Never walks by itself. */
    static final Leftovers.Walk STILL = new Leftovers.Walk(() -> Duration.ofDays(1), 0, Duration.ofHours(1));

    static Site open(String url, String origin, MemoryDisk disk, Clock clock, Ids ids) {
        var store = MemoryStore.open(disk, clock, ids);
        var nats = NatsCluster.open(NatsOptions.at(url), origin, new SystemThreads());
        return new Site(store, nats, nats.log(store.ledger(), STILL));
    }

    @Override
    public Ledger ledger() {
        return store.ledger();
    }

    @Override
    public Holder node() {
        return store.node();
    }

    @Override
    public void close() {
        stream.close();
        nats.close();
        store.close();
    }
}
