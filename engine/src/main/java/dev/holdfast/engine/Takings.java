package dev.holdfast.engine;

import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Threads;
import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The claims of this node that are under way. What is held here and executed by nobody is either on its way to whoever asked
 * for it, or lost: that is known as soon as the claims have been answered that were under way when it was seen, and not by any
 * time. An answer may take as long as the network does.
 */
final class Takings {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final Executor executor;
    private final Bell answered;
    private final Set<Taking> underWay = ConcurrentHashMap.newKeySet();

    Takings(Executor executor, Threads threads) {
        this.executor = executor;
        this.answered = threads.bell();
    }

    /** A claim is about to be asked for. */
    Taking begin() {
        var taking = new Taking(executor);
        underWay.add(taking);
        return taking;
    }

    /** It was answered: what it gave has its slots, or nobody begins it. */
    void answered(Taking taking) {
        underWay.remove(taking);
        answered.ring();
    }

    /** Which claims are under way. */
    Set<Taking> underWay() {
        return Set.copyOf(underWay);
    }

    /** Whether no claim that was under way at the one time still was at the other. */
    static boolean areOver(Set<Taking> before, Set<Taking> later) {
        return Collections.disjoint(before, later);
    }

    /** Waits until none is under way; whoever calls this has seen to it that none begins. */
    void awaitAll() throws InterruptedException {
        while (!underWay.isEmpty()) answered.await(LOOK_AGAIN);
    }
}
