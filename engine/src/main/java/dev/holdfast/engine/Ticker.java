package dev.holdfast.engine;

import dev.holdfast.core.Command;
import dev.holdfast.core.Deadlines;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Tick;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the whole ledger once a second, and on the dot when it knows that something is due: delayed runs that became
 * claimable, deadlines, messages whose hint was lost. Nothing depends on it being quick; everything depends on it coming.
 */
final class Ticker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Ticker.class);
    private static final int LIMIT = 256;
    private static final Duration FORGET_EVERY = Duration.ofMinutes(1);

    private final Desk desk;
    private final Executor executor;
    private final Duration look;
    private final Bell bell;
    private final Thread loop;
    private volatile boolean closed;
    private Instant forgetAt = Instant.MIN;

    Ticker(Desk desk, Executor executor, Duration look, Bell bell) {
        this.desk = desk;
        this.executor = executor;
        this.look = look;
        this.bell = bell;
        this.loop = desk.ports().threads().loop("holdfast-tick", this::run);
    }

    /** Look now. */
    void ring() {
        bell.ring();
    }

    private void run() {
        try {
            while (!closed) {
                Duration wait = look;
                try {
                    wait = tick();
                } catch (Unavailable e) {
                    if (!closed) LOG.warn("the ledger cannot be looked at, trying again: {}", e.getMessage());
                } catch (RuntimeException e) {
                    LOG.error("a look at the ledger failed, trying again", e);
                }
                if (wait.isPositive()) bell.await(wait);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How long to wait for the next. */
    private Duration tick() {
        var ports = desk.ports();
        Tick tick = ports.ledger().tick(ports.node(), LIMIT);
        if (tick.promoted() > 0) ports.hints().work();
        tick.deadlines().forEach(this::deadline);
        tick.inboxes().forEach(this::inbox);
        executor.holdings().forEach(Holding::nudge);
        Instant now = ports.ledger().now();
        if (now.isAfter(forgetAt)) {
            ports.ledger().forget(now, LIMIT);
            forgetAt = now.plus(FORGET_EVERY);
        }
        boolean more = tick.promoted() >= LIMIT || tick.deadlines().size() >= LIMIT;
        return more ? Duration.ZERO : until(tick.next(), now);
    }

    private Duration until(@Nullable Instant next, Instant now) {
        if (next == null) return look;
        Duration wait = Duration.between(now, next);
        if (wait.compareTo(look) >= 0) return look;
        // What is due and could not be settled by this look is not looked at in a tight loop.
        return wait.isPositive() ? wait : Duration.ofMillis(10);
    }

    private void deadline(RunId id) {
        var held = executor.holding(id);
        if (held.isPresent()) {
            held.get().deadline();
            return;
        }
        desk.ports().ledger().reads().run(id).flatMap(this::due).ifPresent(name -> {
            desk.meters().deadline();
            desk.decide(id, new Command.DeadlineCame(name));
        });
    }

    private Optional<Deadlines.Name> due(Run run) {
        return run.times().deadlines().due(desk.ports().ledger().now());
    }

    /** Brings messages to whoever decides about the run. */
    void inbox(RunId id) {
        var held = executor.holding(id);
        if (held.isPresent()) held.get().look();
        else desk.drain(id);
    }

    @Override
    public void close() {
        closed = true;
        bell.ring();
        try {
            loop.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
