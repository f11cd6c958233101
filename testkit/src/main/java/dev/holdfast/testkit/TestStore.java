package dev.holdfast.testkit;

import dev.holdfast.core.Holder;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.StreamLog;

/** A ledger and a stream log that belong together, as one boot of one node has them. */
public interface TestStore extends AutoCloseable {
    Ledger ledger();

    StreamLog stream();

    /** This boot of this node. */
    Holder node();

    @Override
    void close();
}
