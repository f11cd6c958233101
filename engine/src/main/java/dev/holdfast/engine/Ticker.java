package dev.holdfast.engine;

import dev.holdfast.core.Command;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.port.Tick;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the whole ledger once a second, and on the dot when it knows that something is due: delayed runs that became
 * claimable, schedules, deadlines, messages whose hint was lost. Nothing depends on it being quick; everything depends on
 * it coming.
 */
final class Ticker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Ticker.class);
    private static final int LIMIT = 256;
    private static final Duration FORGET_EVERY = Duration.ofMinutes(1);
    private static final int DISCARDED = 256;
    private static final Duration SPREAD = Duration.ofMillis(50);

    private final Desk desk;
    private final Executor executor;
    private final Scheduler scheduler;
    private final Sweep sweep;
    private final Hints.Listening listening;
    private final Duration look;
    private final Duration retention;
    private final Bell bell;
    private final Thread loop;
    private volatile boolean closed;
    private volatile boolean abandoned;
    private Instant forgetAt = Instant.MIN;
    private Instant discardAt = Instant.MIN;
    private boolean discarding;

    Ticker(Desk desk, Executor executor, Scheduler scheduler, EngineOptions options, Bell bell) {
        this.desk = desk;
        this.executor = executor;
        this.scheduler = scheduler;
        this.sweep = new Sweep(desk);
        this.listening = desk.ports().hints().onPost(desk::post);
        this.look = options.look();
        this.retention = options.retention();
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
                    if (abandoned) executor.holdings().forEach(Holding::nudge);
                    else wait = tick();
                } catch (Unavailable e) {
                    if (!closed && !abandoned)
                        LOG.warn("the ledger cannot be looked at, trying again: {}", e.getMessage());
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
        for (RunId id : desk.mail()) eachAlone(id, () -> inbox(id));
        Tick tick = ports.ledger().tick(ports.node(), LIMIT);
        if (tick.promoted() > 0 || tick.opened()) ports.hints().work();
        Instant firing = tick.firing();
        if (firing != null && !firing.isAfter(ports.ledger().now())) firing = scheduler.look();
        deadlines(tick.deadlines());
        for (RunId id : tick.inboxes()) eachAlone(id, () -> inbox(id));
        executor.holdings().forEach(Holding::nudge);
        // Whoever has left by now keeps no slot, also if that could not be written when it left.
        if (tick.lingers()) sweep.lingering(id -> executor.holding(id).isPresent());
        Instant now = ports.ledger().now();
        boolean more = tick.promoted() >= LIMIT || tick.deadlines().size() >= LIMIT;
        if (!now.isBefore(forgetAt)) {
            boolean moreToForget = ports.ledger().forget(now, LIMIT);
            forgetAt = moreToForget ? now : now.plus(FORGET_EVERY);
            more |= moreToForget;
        }
        Instant next = tick.next();
        if (discard(now) && (next == null || discardAt.isBefore(next))) next = discardAt;
        if (firing != null && (next == null || firing.isBefore(next))) next = firing;
        return more ? Duration.ZERO : until(next, now);
    }

    /**
     * It rests for as long as it takes, and longer if there are other nodes, so that everybody else has at least half of the
     * ledger's time.
     *
     * @return whether there is more to discard, at {@link #discardAt}
     */
    private boolean discard(Instant now) {
        if (now.isBefore(discardAt)) return discarding;
        var ports = desk.ports();
        long begun = ports.clock().nanos();
        var removed = ports.ledger().discard(now.minus(retention), DISCARDED);
        discarding = removed.hasMore();
        if (!removed.runs().isEmpty()) ports.stream().remove(removed.runs());
        var took = Duration.ofNanos(ports.clock().nanos() - begun);
        // As many nodes as there are do the same.
        var rest = took.multipliedBy(2L * ports.peers().alive() - 1);
        discardAt = discarding ? ports.ledger().now().plus(rest) : now.plus(FORGET_EVERY);
        return discarding;
    }

    private Duration until(@Nullable Instant next, Instant now) {
        if (next == null) return look;
        Duration wait = Duration.between(now, next);
        if (wait.compareTo(look) >= 0) return look;
        // What is due and could not be settled by this look is not looked at in a tight loop.
        if (!wait.isPositive()) return desk.remains().areAway() ? look : Duration.ofMillis(10);
        return wait.plus(spread());
    }

    /** All nodes know when a run is due that nobody holds: most of them find that somebody was there before. */
    private Duration spread() {
        if (desk.ports().peers().alive() <= 1) return Duration.ZERO;
        return Duration.ofNanos((long) (desk.ports().ids().dice() * SPREAD.toNanos()));
    }

    /** Those of runs that nobody holds are settled together: a thousand that expire at once are one commit. */
    private void deadlines(List<RunId> due) {
        var free = new ArrayList<Run>();
        for (RunId id : due) {
            eachAlone(id, () -> {
                var held = executor.holding(id);
                if (held.isPresent()) held.get().deadline();
                else
                    desk.ports()
                            .ledger()
                            .reads()
                            .run(id)
                            .filter(r -> !r.isHeld())
                            .ifPresent(free::add);
            });
        }
        try {
            desk.decideAll(free, this::deadline, desk.meters()::deadline);
        } catch (Unavailable e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.error("of {} runs whose deadline has come, some could not be settled, trying again", free.size(), e);
        }
    }

    private @Nullable Command deadline(Run run) {
        var name = run.times().deadlines().due(desk.ports().ledger().now()).orElse(null);
        return name == null ? null : new Command.DeadlineCame(name);
    }

    /** What is wrong with one run does not keep the others waiting. */
    private static void eachAlone(RunId id, Runnable look) {
        try {
            look.run();
        } catch (Unavailable e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.error("{} could not be looked at, trying again", id, e);
        }
    }

    /** Brings messages to whoever decides about the run. */
    void inbox(RunId id) {
        var held = executor.holding(id);
        if (held.isEmpty() || !held.get().intake().post()) desk.drain(id);
    }

    /** From now on it only sees to it that user code leaves. */
    void abandon() {
        abandoned = true;
        listening.close();
        bell.ring();
    }

    @Override
    public void close() {
        closed = true;
        listening.close();
        bell.ring();
        try {
            desk.ports().threads().join(loop);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
