package dev.holdfast.engine;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Appended;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.StreamLog.Append;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** What the attempts of a node have sent and is not stored. Its lock guards all senders. */
final class Outbox {
    final Lock lock;
    final Condition stored;
    final Meters meters;
    private final Bell bell;
    private final Set<Sender> dirty = new LinkedHashSet<>();
    private volatile boolean abandoned;
    private @Nullable HoldfastException closed;

    /** @param bell rung when there is something to store */
    Outbox(Lock lock, Bell bell, Meters meters) {
        this.lock = lock;
        this.stored = lock.newCondition();
        this.bell = bell;
        this.meters = meters;
    }

    /** What a sender has waiting, as it is offered to the log. */
    record Offer(Sender sender, Append append) {}

    boolean hasAny() {
        lock.lock();
        try {
            return !dirty.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** All that is waiting. */
    List<Offer> offer() {
        lock.lock();
        try {
            var all = new ArrayList<Offer>();
            for (Sender sender : dirty) all.add(new Offer(sender, sender.offer()));
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** @param answers to each of them */
    void answered(List<Offer> offers, List<Appended> answers) {
        lock.lock();
        try {
            for (int i = 0; i < offers.size(); i++) {
                var offer = offers.get(i);
                if (!offer.sender().answered(offer.append().items(), answers.get(i))) dirty.remove(offer.sender());
            }
            stored.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void fail(List<Offer> offers, HoldfastException why) {
        lock.lock();
        try {
            for (Offer offer : offers) {
                offer.sender().fail(why);
                dirty.remove(offer.sender());
            }
            stored.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock: there is something to store. */
    void add(Sender sender) {
        dirty.add(sender);
    }

    /** Under the lock: nothing of it is stored any more. */
    void remove(Sender sender) {
        dirty.remove(sender);
        stored.signalAll();
    }

    void ring() {
        bell.ring();
    }

    /** Whether whoever sends has lost its run. */
    boolean isAbandoned() {
        return abandoned;
    }

    void abandon() {
        abandoned = true;
        lock.lock();
        try {
            dirty.clear();
            stored.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock: why nothing is stored any more; null as long as it is. */
    @Nullable
    HoldfastException closed() {
        return closed;
    }

    /** Nothing will be stored any more; whoever waits is told, and so is whoever sends from now on. */
    void close() {
        lock.lock();
        try {
            var closing = Unavailable.notApplied("closing", "the engine is closing: chunks were not stored", null);
            closed = closing;
            dirty.forEach(sender -> sender.fail(closing));
            dirty.clear();
            stored.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
