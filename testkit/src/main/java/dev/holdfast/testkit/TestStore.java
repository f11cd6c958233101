package dev.holdfast.testkit;

import dev.holdfast.core.Holder;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.StreamLog;
import java.util.Optional;

/** A ledger and a stream log that belong together, as one boot of one node has them. */
public interface TestStore extends AutoCloseable {
    Ledger ledger();

    StreamLog stream();

    /** This boot of this node. */
    Holder node();

    /** Another node joins that does nothing by itself; empty if this store is never shared. */
    default Optional<Holder> neighbour() {
        return Optional.empty();
    }

    /** That other node is declared dead. */
    default void bury(Holder neighbour) {
        throw new UnsupportedOperationException("this store has no neighbours to bury: " + neighbour);
    }

    @Override
    void close();
}
