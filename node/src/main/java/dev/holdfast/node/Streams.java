package dev.holdfast.node;

import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.postgres.PgMember;

/** Where the streams of a cluster's runs are. */
interface Streams extends AutoCloseable {
    /** For one life of the node. Whoever has it closes it. */
    StreamLog of(PgMember member);

    /** @throws Unavailable if they can be neither written nor read now */
    void demandThere();

    @Override
    void close();

    /** In the database, beside the runs. */
    static Streams inTables() {
        return new Streams() {
            @Override
            public StreamLog of(PgMember member) {
                return member.stream();
            }

            // As much as the database is.
            @Override
            public void demandThere() {}

            @Override
            public void close() {}
        };
    }
}
