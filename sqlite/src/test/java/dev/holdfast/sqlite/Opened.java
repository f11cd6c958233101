package dev.holdfast.sqlite;

import dev.holdfast.core.Holder;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.testkit.TestStore;
import java.nio.file.Path;

/** A store on a folder, as the contracts want it. */
record Opened(SqliteStore store) implements TestStore {
    static Opened in(Path folder, Clock clock, Ids ids) {
        return new Opened(SqliteStore.open(folder, new SqliteOptions(new SystemThreads(), clock, ids)));
    }

    @Override
    public Ledger ledger() {
        return store.ledger();
    }

    @Override
    public StreamLog stream() {
        return store.stream();
    }

    @Override
    public Holder node() {
        return store.node();
    }

    @Override
    public void close() {
        store.close();
    }
}
