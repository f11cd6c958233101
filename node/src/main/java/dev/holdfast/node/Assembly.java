package dev.holdfast.node;

import dev.holdfast.engine.Ports;
import dev.holdfast.engine.port.Peers;
import dev.holdfast.engine.system.LocalHints;
import dev.holdfast.engine.system.SystemClock;
import dev.holdfast.engine.system.SystemIds;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.sdk.Codec;
import dev.holdfast.sdk.Hosted;
import dev.holdfast.sqlite.SqliteOptions;
import dev.holdfast.sqlite.SqliteStore;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** Puts a node together. The only place where the parts of an embedded node are made. */
final class Assembly {
    private Assembly() {}

    static Holdfast open(Path folder, NodeOptions options, Collection<? extends Hosted> hosted) {
        var threads = new SystemThreads();
        var clock = new SystemClock();
        var ids = new SystemIds();
        SqliteStore store = SqliteStore.open(folder, new SqliteOptions(threads, clock, ids));
        try {
            var ports = new Ports(
                    store.ledger(),
                    store.stream(),
                    new LocalHints(),
                    threads,
                    clock,
                    ids,
                    Codec.json(),
                    Peers.alone(store.node()));
            return Holdfast.on(ports, options, hosted, List.of(store));
        } catch (RuntimeException | Error e) {
            try {
                store.close();
            } catch (RuntimeException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }
}
