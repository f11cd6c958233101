package dev.holdfast.engine;

import dev.holdfast.core.Fence;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Appended;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.port.StreamLog.Append;
import java.time.Duration;
import java.util.List;
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
    /** No ring is lost, so there is nothing to look for. */
    private static final Duration IDLE = Duration.ofHours(1);

    private static final Duration AGAIN = Duration.ofMillis(100);

    private final Ports ports;
    private final Outbox outbox;
    private final Door door;
    private final Bell bell;
    private final Thread loop;
    private volatile boolean closed;
    /** Told once, however long it lasts. Of the loop's thread. */
    private boolean troubled;

    StreamWriter(Ports ports, Meters meters, Door door) {
        this.ports = ports;
        this.door = door;
        this.bell = ports.threads().bell();
        this.outbox = new Outbox(ports.threads().lock(), bell, meters);
        this.loop = ports.threads().loop("holdfast-stream", this::run);
    }

    /** @param place where its epoch begins */
    Sender sender(RunId run, Fence.By by, StreamLog.Place place) {
        return new Sender(outbox, run, by, place);
    }

    private void run() {
        try {
            store();
        } finally {
            outbox.close();
        }
    }

    private void store() {
        while (true) {
            try {
                if (!outbox.hasAny()) {
                    if (closed) return;
                    bell.await(IDLE);
                }
                storeDirty();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                // Nothing is lost: what could not be stored is still waiting, and so are those who need it stored.
                tell(e);
                if (closed) return;
                rest();
            }
        }
    }

    /**
     * Where entries fence, a node that was found dead can write until somebody else does. So one that was frozen, or is cut off from
     * its cluster, looks at the time first. Where rows fence, its session is over.
     */
    private void demandServing() {
        if (ports.stream().fencing() == StreamLog.Fencing.BY_OPENING) door.demandServing();
    }

    private void tell(RuntimeException trouble) {
        if (!troubled) LOG.warn("chunks could not be stored, trying again every {}", AGAIN, trouble);
        troubled = true;
    }

    private void rest() {
        try {
            ports.threads().bell().await(AGAIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void storeDirty() {
        var offers = outbox.offer();
        if (offers.isEmpty()) return;
        try {
            demandServing();
            List<Append> appends = offers.stream().map(Outbox.Offer::append).toList();
            List<Appended> answers = ports.stream().append(appends);
            outbox.answered(offers, answers);
            var unanswered = answers.stream()
                    .filter(Appended.Unanswered.class::isInstance)
                    .map(Appended.Unanswered.class::cast)
                    .toList();
            // Those who have an answer do not wait for those who have none, which are offered again with what comes
            // next.
            if (unanswered.size() == answers.size()) throw unanswered.getFirst().why();
            appends.forEach(a -> ports.hints().changed(a.run()));
            if (unanswered.isEmpty()) troubled = false;
            else tell(unanswered.getFirst().why());
        } catch (Unavailable e) {
            if (!e.indeterminate() || ports.stream().fencing() == StreamLog.Fencing.BY_OPENING) throw e;
            // They may be there or not: to append them again could double them. The next epoch takes back what it
            // finds.
            outbox.fail(offers, e);
        }
    }

    /** Nothing is stored any more: whoever sends has lost its run. */
    void abandon() {
        outbox.abandon();
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
}
