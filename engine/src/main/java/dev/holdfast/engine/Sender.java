package dev.holdfast.engine;

import dev.holdfast.core.Fence;
import dev.holdfast.core.HoldfastException;
import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.Source;
import dev.holdfast.engine.port.Appended;
import dev.holdfast.engine.port.StreamLog.Append;
import dev.holdfast.engine.port.StreamLog.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What one attempt sends: stored in order, one append after the other. What is waiting only grows at its end. */
final class Sender {
    private static final int MOST_ITEMS = 1_000;
    private static final long MOST_CHARACTERS = 1_000_000;

    private final Outbox outbox;
    private final RunId run;
    private final Fence.By by;
    private final List<Item> waiting = new ArrayList<>();
    private long characters;
    private Place place;
    /** Some of what is waiting may be stored already. */
    private boolean offered;

    private boolean superseded;
    private boolean moved;
    private @Nullable HoldfastException failed;

    /** @param place where its epoch begins */
    Sender(Outbox outbox, RunId run, Fence.By by, Place place) {
        this.outbox = outbox;
        this.run = run;
        this.by = by;
        this.place = place;
    }

    /**
     * Opens the epoch: stores what does not stand, before anything else.
     *
     * @return false if somebody who has lost the run wrote meanwhile: the stream is to be looked at again
     * @throws HoldfastException as {@link #flush}
     */
    boolean open(List<Source> drop) {
        send(new Item.Rewind(drop));
        outbox.lock.lock();
        try {
            awaitStored();
            if (moved) return false;
            if (failed != null) throw failed;
            return true;
        } finally {
            outbox.lock.unlock();
        }
    }

    /** Stored soon, in order; blocks while too much is waiting. */
    void send(Item item) {
        outbox.lock.lock();
        try {
            while (full()) outbox.stored.awaitUninterruptibly();
            if (failed == null) failed = outbox.closed();
            if (isOver()) return;
            waiting.add(item);
            if (item instanceof Item.Chunk chunk) characters += chunk.data().length();
            if (item instanceof Item.Rewind) outbox.meters.rewound();
            outbox.add(this);
        } finally {
            outbox.lock.unlock();
        }
        outbox.ring();
    }

    private boolean isOver() {
        return superseded || outbox.isAbandoned() || failed != null;
    }

    private boolean full() {
        return !isOver() && (waiting.size() >= MOST_ITEMS || characters >= MOST_CHARACTERS);
    }

    private void awaitStored() {
        while (!waiting.isEmpty() && !isOver()) outbox.stored.awaitUninterruptibly();
    }

    /**
     * Waits until all that was sent is stored.
     *
     * @return the number of the newest entry of the stream, 0 if there is none; empty if the run was lost
     * @throws Unavailable if it cannot be stored, because the engine is closing, or because the log has lost what it had stored
     * @throws Refused if it cannot be stored for what it is
     */
    OptionalLong flush() {
        outbox.lock.lock();
        try {
            awaitStored();
            if (failed != null) throw failed;
            return superseded || outbox.isAbandoned() ? OptionalLong.empty() : OptionalLong.of(place.last());
        } finally {
            outbox.lock.unlock();
        }
    }

    /** The number of the newest entry that is stored for certain, 0 for none. */
    long stored() {
        outbox.lock.lock();
        try {
            return place.isOpening() ? 0 : place.last();
        } finally {
            outbox.lock.unlock();
        }
    }

    /**
     * The run ends while its code may still send: what is waiting is not stored any more.
     *
     * @return the number of the newest entry; empty if nobody knows yet, because some are on their way
     */
    OptionalLong stop() {
        outbox.lock.lock();
        try {
            if (!superseded) {
                superseded = true;
                waiting.clear();
                outbox.remove(this);
            }
            return offered ? OptionalLong.empty() : OptionalLong.of(place.last());
        } finally {
            outbox.lock.unlock();
        }
    }

    /** Under the lock. */
    Append offer() {
        offered = true;
        return new Append(run, by, place, waiting);
    }

    /** Under the lock; answers whether there is more to store. */
    boolean answered(List<Item> items, Appended answer) {
        offered = false;
        switch (answer) {
            case Appended.At at -> {
                place = place.at(at.last());
                if (superseded) return false;
                waiting.subList(0, items.size()).clear();
                for (Item item : items)
                    if (item instanceof Item.Chunk chunk)
                        characters -= chunk.data().length();
                return !waiting.isEmpty();
            }
            case Appended.Lost lost -> {
                superseded = true;
                waiting.clear();
                outbox.meters.stale();
            }
            case Appended.Moved other -> {
                moved = place.isOpening();
                waiting.clear();
                fail(Unavailable.notApplied(
                        "stream_lost",
                        "the log of streams has lost what " + run
                                + " had sent before, so nothing is sent behind it: the run" + " is queued again",
                        null));
            }
            case Appended.Rejected rejected -> fail(rejected.why());
            case Appended.Unanswered nobodyKnows -> {
                offered = true;
                return !superseded;
            }
        }
        return false;
    }

    /** Under the lock. */
    void fail(HoldfastException why) {
        failed = why;
    }
}
