package dev.holdfast.node;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The right to ask the nodes of a cluster over HTTP.
 *
 * @param id its public part, which names it
 * @param name for people
 * @param scope what it may be used for
 * @param created when it was made
 * @param revoked when it was revoked; null if it holds
 */
public record ApiKey(
        String id,
        String name,
        Scope scope,
        Instant created,
        @Nullable Instant revoked) {
    /** What a key may be used for. Each of them includes those before it. */
    public enum Scope {
        /** Looking at everything. */
        READ,
        /** Starting, cancelling and doing again; signals, tokens, messages. */
        WRITE,
        /** What others depend on: queues, schedules, the removal of runs. */
        ADMIN;

        public boolean includes(Scope other) {
            return compareTo(other) >= 0;
        }
    }

    public boolean holds() {
        return revoked == null;
    }
}
