package dev.holdfast.nats;

import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Reads;
import io.nats.client.Message;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the messages of runs that are not there any more: of those that it is told of at once, and of those that nobody has
 * told it of, because he died in between, by and by. For these it walks through the stream, some messages at a time, and asks the
 * ledger for the runs of those that are old.
 */
final class Leftovers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
    /** So many are told at once, and wait here if NATS is away; more are left to the walk. */
    private static final int MOST_WAITING = 10_000;

    private final Wire wire;
    private final Reads ledger;
    private final Supplier<Instant> now;
    private final Walk walk;
    private final ConcurrentLinkedQueue<RunId> told = new ConcurrentLinkedQueue<>();
    private final Bell bell;
    private final Thread loop;
    private long at = 1;
    private volatile boolean closed;

    /**
     * How it walks.
     *
     * @param every how often it looks at some messages
     * @param messages how many
     * @param age a run that is younger is never taken for one that is not there
     */
    record Walk(Supplier<Duration> every, int messages, Duration age) {}

    Leftovers(Wire wire, Reads ledger, Supplier<Instant> now, Walk walk) {
        this.wire = wire;
        this.ledger = ledger;
        this.now = now;
        this.walk = walk;
        this.bell = wire.threads().bell();
        this.loop = wire.threads().loop("holdfast-leftovers", this::run);
    }

    void remove(Collection<RunId> runs) {
        for (RunId run : runs) if (told.size() < MOST_WAITING) told.add(run);
        bell.ring();
    }

    private void run() {
        try {
            Instant walked = now.get();
            while (!closed) {
                if (!bell.await(walk.every().get())
                        || !now.get().isBefore(walked.plus(walk.every().get()))) {
                    walked = now.get();
                    quietly(this::walk);
                }
                quietly(this::removeTold);
            }
            quietly(this::removeTold);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void quietly(Runnable work) {
        try {
            work.run();
        } catch (Unavailable e) {
            LOG.debug("what is left of runs cannot be removed now: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.warn("what is left of runs could not be removed", e);
        }
    }

    private void removeTold() {
        for (RunId run = told.peek(); run != null; run = told.peek()) {
            purge(run);
            told.poll();
        }
    }

    private void purge(RunId run) {
        wire.demandConnected();
        String wish = "{\"filter\":\"" + wire.subject(run) + "\"}";
        wire.purge(wish.getBytes(StandardCharsets.UTF_8));
    }

    /** A walk goes on where the last one ended, and begins anew at the end. */
    private void walk() {
        wire.demandConnected();
        long end = wire.lastSequence();
        var seen = new HashSet<RunId>();
        try (var scan = new Scan(wire, wire.everySubject(), at, Scan.What.HEADERS)) {
            for (int i = 0; i < walk.messages() && at <= end; i++) {
                Message next = scan.messageOrNone();
                if (next == null) {
                    at = end + 1;
                    break;
                }
                at = next.metaData().streamSequence() + 1;
                RunId.parse(wire.run(next.getSubject())).filter(this::isOld).ifPresent(seen::add);
            }
        }
        if (at > end) at = 1;
        gone(seen).forEach(run -> {
            LOG.info("{} is not there any more: what is left of its stream is removed", run);
            purge(run);
        });
    }

    private boolean isOld(RunId run) {
        // Ids of runs begin with the time.
        return run.compareTo(RunId.firstOf(now.get().minus(walk.age()))) < 0;
    }

    private Set<RunId> gone(Set<RunId> runs) {
        var gone = new HashSet<RunId>();
        for (RunId run : runs) if (ledger.run(run).isEmpty()) gone.add(run);
        return gone;
    }

    @Override
    public void close() {
        closed = true;
        bell.ring();
        try {
            wire.threads().join(loop);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
