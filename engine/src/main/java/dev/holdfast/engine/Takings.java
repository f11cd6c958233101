package dev.holdfast.engine;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The claims of this node, one after the other. What is held here and executed by nobody is either on its way to whoever asked
 * for it, or lost: that is known as soon as the claim has been answered that was under way when it was seen, and not by any
 * time. An answer may take as long as the network does.
 */
final class Takings {
    private final Executor executor;
    /** Odd while a claim is under way. */
    private final AtomicLong turns = new AtomicLong();

    Takings(Executor executor) {
        this.executor = executor;
    }

    /** A claim is about to be asked for. */
    Taking begin() {
        turns.incrementAndGet();
        return new Taking(executor);
    }

    /** It was answered: what it gave has its slots, or nobody begins it. */
    void answered() {
        turns.incrementAndGet();
    }

    /** Which claim is under way, if one is. */
    long turn() {
        return turns.get();
    }

    /** Whether no claim that was under way in the one turn still was in the other. */
    static boolean isOver(long turn, long later) {
        return turn % 2 == 0 || later != turn;
    }
}
