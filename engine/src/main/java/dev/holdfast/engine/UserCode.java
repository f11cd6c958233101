package dev.holdfast.engine;

import dev.holdfast.core.RunId;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.locks.Lock;

/**
 * The user code of an attempt, as its node sees it: on which threads it executes, and whether it may be executing at all.
 * Whoever has left is not interrupted: what his thread does then is the engine's.
 */
final class UserCode {
    /** An interrupt that was swallowed is repeated after this time. */
    private static final Duration AGAIN = Duration.ofSeconds(3);

    private final RunId id;
    private final Ports ports;
    /** Never held while anybody waits for the ledger: whoever abandons the run interrupts in any case. */
    private final Lock lock;

    private final Set<Thread> threads = new CopyOnWriteArraySet<>();
    private volatile long interruptedAt;
    private volatile boolean entered;
    private volatile boolean gone;

    UserCode(RunId id, Ports ports) {
        this.id = id;
        this.ports = ports;
        this.lock = ports.threads().lock();
    }

    /** It is about to begin; asked after this whether it may, as whoever abandons the run looks the other way round. */
    void enter() {
        entered = true;
    }

    /** It executes on this thread, which is interrupted when the run is to be left. */
    void begin(Thread executing) {
        lock.lock();
        try {
            threads.add(executing);
        } finally {
            lock.unlock();
        }
    }

    /** It has left this thread. */
    void left(Thread executing) {
        lock.lock();
        try {
            threads.remove(executing);
        } finally {
            lock.unlock();
        }
    }

    /** It has been left, or does not begin. */
    void left() {
        lock.lock();
        try {
            threads.clear();
            gone = true;
        } finally {
            lock.unlock();
        }
    }

    boolean isGone() {
        return gone;
    }

    /** Whether it may be executing. */
    boolean isInside() {
        return entered && !gone;
    }

    /** Where that is, for people. */
    String whereabouts() {
        return id + " in " + Whereabouts.of(threads);
    }

    /** All but the thread that asks for it. */
    void interrupt() {
        lock.lock();
        try {
            interruptedAt = ports.clock().nanos();
            for (Thread thread : threads) if (!thread.equals(Thread.currentThread())) thread.interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** If the last time is a while ago. */
    void interruptAgain() {
        if (ports.clock().nanos() - interruptedAt >= AGAIN.toNanos()) interrupt();
    }
}
