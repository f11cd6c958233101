package dev.holdfast.engine;

import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.port.Taker;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims runs while there are free slots. It is woken by hints (a start, a run that became due, a slot that was freed);
 * should all of them be lost it looks by itself.
 *
 * <p>A start and its claim are usually one commit: a start rings before it is committed, or the ledger asks for a claim where it
 * writes what can be claimed.
 */
final class Dispatcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final Duration OTHERS_FIRST = Duration.ofMillis(10);

    private final Desk desk;
    private final Executor executor;
    private final Takings takings;
    private final Map<String, String> hosted;
    private final EngineOptions options;
    private final Bell bell;
    private final Hints.Listening listening;
    private final Hints.Listening deaths;
    private final Thread loop;
    private final Isolation isolation;
    private final Door door;
    private Instant nextLook = Instant.MIN;
    /** Whether the ledger asks for claims: not before it is known what is left to newer code. */
    private boolean isAsked;

    private volatile boolean died;
    private volatile Map<String, String> newer = Map.of();
    private volatile boolean closed;

    /** @param bell rung when there may be something to claim */
    Dispatcher(Desk desk, Executor executor, Hosting hosting, EngineOptions options, Bell bell) {
        this.desk = desk;
        this.executor = executor;
        this.takings = hosting.takings();
        this.hosted = Map.copyOf(hosting.versions());
        this.door = hosting.door();
        this.isolation = new Isolation(desk.ports().peers());
        this.options = options;
        this.bell = bell;
        this.listening = desk.ports().hints().onWork(bell::ring);
        this.deaths = desk.ports().peers().onDeath(witness -> died());
        this.loop = desk.ports().threads().loop("holdfast-dispatch", this::run);
    }

    /** What is hosted, by task and version, whether anything of it may be claimed, and what was. */
    record Hosting(Map<String, String> versions, Door door, Takings takings) {}

    /** What this node can take now. */
    Admission admission() {
        if (isShut()) return new Admission(hosted, 0, Company.CLOSED);
        int taken = executor.taken();
        var company = isolation.company(taken > 0, executor.hasSuspect());
        return new Admission(hosted, newer, options.slots() - taken, company);
    }

    private boolean isShut() {
        return closed || !door.isOpen();
    }

    private boolean hasRoom() {
        return !isShut() && options.slots() > executor.taken();
    }

    /** Of what is hosted here, where a newer node hosts something else. */
    private Map<String, String> newer() {
        if (desk.ports().peers().alive() <= 1) return Map.of();
        var newer = new HashMap<String, String>();
        desk.ports().peers().newest().forEach((task, notice) -> {
            String here = hosted.get(task);
            if (here != null && !here.equals(notice.version())) newer.put(task, notice.version());
        });
        return newer;
    }

    /** What was left to its code may be ours now. */
    private void died() {
        died = true;
        bell.ring();
    }

    /**
     * Not at every claim: it costs a query or two, and is about half minutes and deploys. As long as the door is closed, or
     * something is left to another node, somebody waits for it.
     */
    private void lookAround() {
        Instant now = desk.ports().ledger().now();
        if (!died && now.isBefore(nextLook)) return;
        // Of a death that comes meanwhile the next look is to know.
        died = false;
        // If this one fails.
        nextLook = now.plus(options.look());
        newer = newer();
        isolation.look(desk.ports().ledger().reads().suspectWaiting(here(), now).orElse(null), now);
        if (!isolation.isClosed() && newer.isEmpty())
            nextLook = now.plus(options.look().multipliedBy(5));
        if (!isAsked) desk.ports().ledger().takes(this::take);
        isAsked = true;
    }

    /** What is not left to newer code. */
    private Map<String, String> here() {
        var here = new HashMap<>(hosted);
        here.keySet().removeAll(newer.keySet());
        return here;
    }

    private void run() {
        try {
            while (!closed) {
                claimAll();
                if (!closed) bell.await(options.look());
            }
            leave();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A door that stays closed is opened by whoever finds that who closed it has gone. */
    private void leave() {
        try {
            isolation.leave();
        } catch (Unavailable e) {
            LOG.debug("the door is left as it is: {}", e.getMessage());
        }
    }

    private void claimAll() throws InterruptedException {
        try {
            lookAround();
            while (!closed) {
                if (!hasRoom()) return;
                int alive = Math.max(1, desk.ports().peers().alive());
                if (claim(alive) == 0) return;
                // Fewer than it wished for, or slots were freed meanwhile, which has rung.
                boolean room = hasRoom();
                if (room && alive == 1) return;
                // It was given its share. If the others have no room for theirs, that is to be had in a moment.
                if (room) bell.await(OTHERS_FIRST);
            }
        } catch (Unavailable e) {
            if (!closed && door.isOpen()) LOG.warn("no runs can be claimed, trying again: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("no runs could be claimed, trying again", e);
        }
    }

    /** Answers how many runs have begun. */
    private int claim(int alive) {
        var taking = takings.begin();
        List<Claimed> claimed;
        try {
            claimed = desk.ports().ledger().claim(() -> wish(alive, taking));
        } catch (RuntimeException | Error e) {
            taking.failed();
            throw e;
        } finally {
            takings.answered(taking);
        }
        begin(claimed);
        return claimed.size();
    }

    /** For the ledger, which asks where runs are written that can be claimed. */
    private Optional<Taker.Asking> take() {
        var taking = takings.begin();
        boolean room = false;
        try {
            // Looked at after it is known to whoever waits for the end of all claims.
            room = hasRoom();
        } finally {
            if (!room) takings.answered(taking);
        }
        return room ? Optional.of(new Asked(taking)) : Optional.empty();
    }

    /** A claim that the ledger makes for this node, in the thread that writes. */
    private final class Asked implements Taker.Asking {
        private final Taking taking;

        Asked(Taking taking) {
            this.taking = taking;
        }

        @Override
        public Claim wish() {
            return Dispatcher.this.wish(Math.max(1, desk.ports().peers().alive()), taking);
        }

        @Override
        public void given(List<Claimed> claimed) {
            if (!claimed.isEmpty()) beginBeside(claimed);
            takings.answered(taking);
        }

        @Override
        public void failed() {
            taking.failed();
            takings.answered(taking);
        }
    }

    /** Whoever writes goes on meanwhile. A task and not the loop: that would be late in the same way in which its claim is. */
    private void beginBeside(List<Claimed> claimed) {
        try {
            desk.ports().threads().task("begin " + claimed.size(), () -> begin(claimed));
        } catch (RuntimeException | Error e) {
            LOG.error("{} runs could not be begun: they go back to the queue", claimed.size(), e);
            claimed.forEach(executor::release);
        }
    }

    private void begin(List<Claimed> claimed) {
        Histories histories;
        try {
            histories = new Histories(desk.ports(), claimed);
        } catch (RuntimeException | Error e) {
            claimed.forEach(executor::release);
            throw e;
        }
        for (Claimed each : claimed) launchOrRelease(each, histories);
    }

    /** Whatever is free when the transaction that gives begins. */
    private Claim wish(int alive, Taking taking) {
        Admission admission = admission();
        return new Claim(desk.ports().node(), admission, admission.slots(), alive, taking::told);
    }

    /** One that cannot be begun keeps neither its slot nor the others: as nobody executes it, it is given back. */
    private void launchOrRelease(Claimed claimed, Histories histories) {
        try {
            launch(claimed, histories);
        } catch (RuntimeException | Error e) {
            LOG.error(
                    "{} could not be begun: it goes back to the queue",
                    claimed.run().id(),
                    e);
            executor.release(claimed);
        }
    }

    private void launch(Claimed claimed, Histories histories) {
        if (claimed.opens() != null) desk.lookAgain();
        if (claimed.run().fence().epoch() == 1) {
            Instant accepted = claimed.run().times().created();
            desk.meters()
                    .claimedAfter(
                            Duration.between(accepted, desk.ports().ledger().now()));
        }
        executor.launch(claimed, histories);
    }

    /** It begins no further claim. */
    void stop() {
        closed = true;
        listening.close();
        deaths.close();
        bell.ring();
    }

    /** No run is claimed after this. */
    @Override
    public void close() {
        stop();
        try {
            desk.ports().threads().join(loop);
            takings.awaitAll();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
