package dev.holdfast.engine;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.port.Peers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over what the dead have left: at once when this node finds one dead, a moment later when another one has, and every
 * other look, should nobody have been told. Several may do it at the same time, and the ordinary queue spreads what they find.
 *
 * <p>It also gives back what this node holds without knowing it: a claim whose answer never came.
 */
final class Sweeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
    private static final int UNKNOWN = 64;
    /** Whoever has found a node dead has the lead: to lock the same runs at the same moment holds up both. */
    private static final Duration OTHERS_FIRST = Duration.ofMillis(100);

    private final Desk desk;
    private final Executor executor;
    private final Takings takings;
    private final Sweep sweep;
    private final Duration every;
    private final Bell bell;
    private final Hints.Listening listening;
    private final Thread loop;
    private volatile boolean closed;
    private volatile boolean found;
    /** Held by this node, and not executed by it, when it was last looked at. */
    private Map<RunId, Unknown> unknown = Map.of();

    /** @param claims that were under way when it was first seen so */
    private record Unknown(long epoch, Set<Taking> claims) {}

    Sweeper(Desk desk, Executor executor, Takings takings, Duration look) {
        this.desk = desk;
        this.executor = executor;
        this.takings = takings;
        this.sweep = new Sweep(desk);
        this.every = look.multipliedBy(2);
        this.bell = desk.ports().threads().bell();
        this.listening = desk.ports().peers().onDeath(this::died);
        this.loop = desk.ports().threads().loop("holdfast-sweep", this::run);
    }

    private void died(Peers.Witness witness) {
        if (witness == Peers.Witness.THIS_NODE) found = true;
        bell.ring();
    }

    private void run() {
        try {
            while (!closed) {
                try {
                    sweep();
                } catch (Unavailable e) {
                    if (!closed) LOG.warn("the dead cannot be looked for, trying again: {}", e.getMessage());
                } catch (RuntimeException e) {
                    LOG.error("a look for the dead failed, trying again", e);
                }
                if (!closed) rest();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void rest() throws InterruptedException {
        if (bell.await(every) && !found && !closed) bell.await(OTHERS_FIRST);
        found = false;
    }

    private void sweep() {
        int lost = sweep.orphans();
        if (lost > 0) LOG.info("{} runs of nodes that are gone go on", lost);
        giveBack();
    }

    /** Whatever may have been on its way here when it was first seen has arrived: nobody executes it. */
    private void giveBack() {
        int limit = UNKNOWN + executor.present();
        List<Run> held = desk.ports().ledger().held(desk.ports().node(), limit);
        // After that was read: a claim that begins later has given nothing of it. And before the slots are looked at:
        // a slot is taken before a claim is answered.
        Set<Taking> claims = takings.underWay();
        var now = new HashMap<RunId, Unknown>();
        List<Run> back = new ArrayList<>();
        for (Run run : held) {
            if (executor.holding(run.id()).isPresent()) continue;
            long epoch = run.fence().epoch();
            Unknown before = unknown.get(run.id());
            Unknown seen = before != null && before.epoch() == epoch ? before : new Unknown(epoch, claims);
            if (Takings.areOver(seen.claims(), claims)) back.add(run);
            else now.put(run.id(), seen);
        }
        unknown = now;
        // Not those whose code has ended by itself since they were read.
        int written = desk.givenBack(back);
        if (written > 0) LOG.warn("{} runs were held here and executed by nobody; they are queued again", written);
    }

    /** It begins nothing new. */
    void stop() {
        closed = true;
        listening.close();
        bell.ring();
    }

    @Override
    public void close() {
        stop();
        try {
            desk.ports().threads().join(loop);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
