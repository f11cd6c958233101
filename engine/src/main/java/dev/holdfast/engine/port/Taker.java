package dev.holdfast.engine.port;

import java.util.List;
import java.util.Optional;

/**
 * Who takes what is started on this node, also while he is busy with what he was given a moment ago, or has not been woken yet. It
 * is asked by the thread that writes: it is quick, and throws nothing.
 */
@FunctionalInterface
public interface Taker {
    /** Begins a claim; empty if he takes nothing now. */
    Optional<Asking> ask();

    /** A claim that was made for him. It is answered once, in one of two ways. */
    interface Asking {
        /** What he wishes for: see {@link Ledger#claim}. */
        Claim wish();

        /** He was given this, which may be nothing, and begins it. It is durable, and {@link Claim#told} before. */
        void given(List<Claimed> claimed);

        /** He was given nothing, or nobody knows: as an error that {@link Ledger#claim} throws. */
        void failed();
    }
}
