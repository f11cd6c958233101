package dev.holdfast.engine;

import dev.holdfast.core.Fence;
import dev.holdfast.core.HoldfastException;
import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.core.stream.Item;
import dev.holdfast.engine.port.Appended;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.StreamLog.Append;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores what the attempts of this node send. One loop for all of them: while one batch is being committed the next one
 * fills, so there is neither a delay nor a commit for each chunk.
 *
 * <p>Order is kept per run. A sender with too much waiting is blocked until some of it is stored.
 */
final class StreamWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamWriter.class);
    private static final int MOST_ITEMS = 1_000;
    private static final long MOST_CHARACTERS = 1_000_000;
    /** No ring is lost, so there is nothing to look for. */
    private static final Duration IDLE = Duration.ofHours(1);

    private static final Duration AGAIN = Duration.ofMillis(100);

    private final Ports ports;
    private final Meters meters;
    private final Lock lock;
    private final Condition stored;
    private final Set<Sender> dirty = new LinkedHashSet<>();
    private final Bell bell;
    private final Thread loop;
    private volatile boolean closed;
    private volatile boolean abandoned;
    /** Told once, however long it lasts. Of the loop's thread. */
    private boolean troubled;

    StreamWriter(Ports ports, Meters meters) {
        this.ports = ports;
        this.meters = meters;
        this.lock = ports.threads().lock();
        this.stored = lock.newCondition();
        this.bell = ports.threads().bell();
        this.loop = ports.threads().loop("holdfast-stream", this::run);
    }

    Sender sender(RunId run, Fence.By by) {
        return new Sender(run, by);
    }

    private void run() {
        while (true) {
            try {
                if (!anyDirty()) {
                    if (closed) return;
                    bell.await(IDLE);
                }
                storeDirty();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                // Nothing is lost: what could not be stored is still waiting, and so are those who need it stored.
                if (!troubled) LOG.warn("chunks could not be stored, trying again every {}", AGAIN, e);
                troubled = true;
                if (closed) {
                    fail();
                    return;
                }
                rest();
            }
        }
    }

    private void rest() {
        try {
            ports.threads().bell().await(AGAIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean anyDirty() {
        lock.lock();
        try {
            return !dirty.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private void storeDirty() {
        var senders = new ArrayList<Sender>();
        var appends = new ArrayList<Append>();
        lock.lock();
        try {
            for (Sender sender : dirty) {
                senders.add(sender);
                appends.add(new Append(sender.run, sender.by, sender.waiting));
            }
        } finally {
            lock.unlock();
        }
        if (appends.isEmpty()) return;
        try {
            store(senders, appends);
            troubled = false;
        } catch (Unavailable e) {
            if (!e.indeterminate()) throw e;
            // They may be there or not: to append them again could double them. The next epoch takes back what it
            // finds.
            senders.forEach(sender -> fail(sender, e));
        }
    }

    private void store(List<Sender> senders, List<Append> appends) {
        List<Appended> answers = ports.stream().append(appends);
        lock.lock();
        try {
            for (int i = 0; i < senders.size(); i++) {
                senders.get(i).stored(appends.get(i).items(), answers.get(i));
            }
            stored.signalAll();
        } finally {
            lock.unlock();
        }
        appends.forEach(a -> ports.hints().changed(a.run()));
    }

    private void fail(Sender sender, HoldfastException why) {
        lock.lock();
        try {
            sender.failed = why;
            dirty.remove(sender);
            stored.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing will be stored any more; whoever waits is told. */
    private void fail() {
        lock.lock();
        try {
            var closing = Unavailable.notApplied("closing", "the engine is closing: chunks were not stored", null);
            dirty.forEach(s -> s.failed = closing);
            dirty.clear();
            stored.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is stored any more: whoever sends has lost its run. */
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

    @Override
    public void close() {
        closed = true;
        bell.ring();
        try {
            ports.threads().join(loop);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What one attempt sends. */
    final class Sender {
        private final RunId run;
        private final Fence.By by;
        private final List<Item> waiting = new ArrayList<>();
        private long characters;
        private long last;
        private boolean superseded;
        private @Nullable HoldfastException failed;

        private Sender(RunId run, Fence.By by) {
            this.run = run;
            this.by = by;
        }

        /** Stored soon, in order; blocks while too much is waiting. */
        void send(Item item) {
            lock.lock();
            try {
                while (full()) stored.awaitUninterruptibly();
                if (isOver()) return;
                waiting.add(item);
                if (item instanceof Item.Chunk chunk) characters += chunk.data().length();
                if (item instanceof Item.Rewind) meters.rewound();
                dirty.add(this);
            } finally {
                lock.unlock();
            }
            bell.ring();
        }

        private boolean isOver() {
            return superseded || abandoned || failed != null;
        }

        private boolean full() {
            return !isOver() && (waiting.size() >= MOST_ITEMS || characters >= MOST_CHARACTERS);
        }

        /**
         * Waits until all that was sent is stored.
         *
         * @return the number of the last entry, 0 if this attempt stored none; empty if the run was lost
         * @throws Unavailable if it cannot be stored, because the engine is closing
         * @throws Refused if it cannot be stored for what it is
         */
        OptionalLong flush() {
            lock.lock();
            try {
                while (!waiting.isEmpty() && !isOver()) stored.awaitUninterruptibly();
                if (failed != null) throw failed;
                return superseded || abandoned ? OptionalLong.empty() : OptionalLong.of(last);
            } finally {
                lock.unlock();
            }
        }

        private void stored(List<Item> items, Appended answer) {
            switch (answer) {
                case Appended.At at -> {
                    last = at.last();
                    waiting.subList(0, items.size()).clear();
                    for (Item item : items)
                        if (item instanceof Item.Chunk chunk)
                            characters -= chunk.data().length();
                    if (waiting.isEmpty()) dirty.remove(this);
                }
                case Appended.Lost lost -> {
                    superseded = true;
                    waiting.clear();
                    dirty.remove(this);
                    meters.stale();
                }
                case Appended.Rejected rejected -> {
                    failed = rejected.why();
                    dirty.remove(this);
                }
            }
        }
    }
}
