package dev.holdfast.testkit.engine;

import dev.holdfast.core.Holder;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunState;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Discarded;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.LedgerFigures;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.ScheduleChange;
import dev.holdfast.engine.port.Taker;
import dev.holdfast.engine.port.Tick;
import dev.holdfast.engine.port.Write;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A ledger as a node has it: its disk can be full, the answer to a commit can be lost, and what several runs have recorded can
 * be unreadable.
 */
final class NodeLedger implements Ledger {
    private static final Set<String> WATCHING =
            Set.of("lane", "turn", "live", "runs", "run", "progress", "snapshots", "end");

    private final Ledger ledger;
    private final AtomicReference<@Nullable Predicate<Run>> unanswered = new AtomicReference<>();
    private final AtomicReference<@Nullable Runnable> atNextLook = new AtomicReference<>();
    private final AtomicReference<@Nullable Runnable> atNextSteps = new AtomicReference<>();
    private final AtomicReference<@Nullable Runnable> atNextEnd = new AtomicReference<>();
    private final AtomicBoolean away = new AtomicBoolean();
    private final AtomicBoolean fullWithMessage = new AtomicBoolean();
    private final AtomicBoolean claimUnanswered = new AtomicBoolean();
    private final AtomicBoolean claimLate = new AtomicBoolean();
    private final AtomicInteger watched = new AtomicInteger();
    private final AtomicInteger widestLook = new AtomicInteger();
    private final Reads reads;
    private volatile CountDownLatch looksUntilAnswer = new CountDownLatch(0);
    private volatile boolean full;
    private volatile boolean readsOneByOne;
    private volatile boolean asks;
    private volatile @Nullable Taker taker;

    NodeLedger(Ledger ledger) {
        this.ledger = ledger;
        this.reads = (Reads) Proxy.newProxyInstance(
                Reads.class.getClassLoader(), new Class<?>[] {Reads.class}, (proxy, method, arguments) -> {
                    refuseSeveral(arguments);
                    if (WATCHING.contains(method.getName())) watched.incrementAndGet();
                    if (method.getName().equals("lane") && away.getAndSet(false)) {
                        throw Unavailable.notApplied("database_silent", "the database is away for a moment", null);
                    }
                    if (method.getName().equals("steps")) hold();
                    try {
                        return method.invoke(ledger.reads(), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private void refuseSeveral(Object @Nullable [] arguments) {
        boolean several = arguments != null && arguments[0] instanceof Collection<?> runs && runs.size() > 1;
        if (several && readsOneByOne) throw new IllegalStateException("one of them cannot be read");
    }

    private void hold() {
        Runnable once = atNextSteps.getAndSet(null);
        if (once != null) once.run();
    }

    /** This happens when it is looked for what runs have recorded, before that is seen. */
    void atNextSteps(Runnable what) {
        atNextSteps.set(what);
    }

    /** How often was read what is read for those who watch runs and conversations. */
    int watched() {
        return watched.get();
    }

    /** Whoever is the next to look for the turns of a conversation is told that they cannot be read now. */
    void awayForTheNextReader() {
        away.set(true);
    }

    /** From now on nothing is read of several runs at once. */
    void readOneByOne() {
        readsOneByOne = true;
    }

    /** From now on it asks who takes what can be claimed, where that is written; who claims without being asked gets nothing. */
    void ask() {
        asks = true;
    }

    /** Who is asked; none until there is one. */
    Optional<Taker> taker() {
        return Optional.ofNullable(taker);
    }

    private void askTaker() {
        taker().flatMap(Taker::ask).ifPresent(asking -> {
            List<Claimed> given;
            try {
                given = give(asking::wish);
            } catch (Unavailable e) {
                asking.failed();
                return;
            }
            asking.given(given);
        });
    }

    private static boolean queues(Change change) {
        return change.writes().stream()
                .anyMatch(w -> w instanceof Write.Row row && row.run().state() == RunState.QUEUED);
    }

    /** The next claim that is given something is committed and told of, and then fails. */
    void loseTheClaim() {
        claimUnanswered.set(true);
    }

    /** The next claim that is given something is committed, and answered when what is held was looked at so many times more. */
    void answerTheClaimAfterLooks(int many) {
        looksUntilAnswer = new CountDownLatch(many);
        claimLate.set(true);
    }

    private void awaitLooks() {
        try {
            if (!looksUntilAnswer.await(30, TimeUnit.SECONDS)) throw new IllegalStateException("nobody has looked");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How many lingering runs were asked for at most. */
    int widestLook() {
        return widestLook.get();
    }

    /** From now on nothing can be written, or everything can again. */
    void full(boolean is) {
        full = is;
    }

    /** It is when the next message is stored. */
    void fullWithTheNextMessage() {
        fullWithMessage.set(true);
    }

    /** The next change that makes a run look like this is written, and nobody is told. */
    void loseTheAnswer(Predicate<Run> to) {
        unanswered.set(to);
    }

    /** This happens when the engine looks at what is due, before it sees what is. */
    void atNextLook(Runnable what) {
        atNextLook.set(what);
    }

    /** This happens before the next end of a run is written. */
    void beforeTheNextEnd(Runnable what) {
        atNextEnd.set(what);
    }

    private static boolean ends(Change change) {
        return change.writes().stream()
                .anyMatch(w -> w instanceof Write.Row row && row.run().isFinished());
    }

    private void checkSpace() {
        if (full) throw Unavailable.notApplied("disk_full", "the disk is full: free space", null);
    }

    private boolean isUnanswered(List<Change> changes) {
        var to = unanswered.get();
        return to != null
                && changes.stream()
                        .flatMap(c -> c.writes().stream())
                        .anyMatch(w -> w instanceof Write.Row row && to.test(row.run()))
                && unanswered.compareAndSet(to, null);
    }

    @Override
    public List<Claimed> claim(Supplier<Claim> wish) {
        checkSpace();
        return asks ? List.of() : give(wish);
    }

    private List<Claimed> give(Supplier<Claim> wish) {
        boolean late = claimLate.get();
        Claim claim = wish.get();
        var untold = new Claim(claim.holder(), claim.admission(), claim.max(), claim.alive());
        List<Claimed> given = late ? ledger.claim(untold) : ledger.claim(wish);
        if (late && !given.isEmpty()) {
            claimLate.set(false);
            awaitLooks();
            claim.told().accept(given);
        }
        if (!given.isEmpty() && claimUnanswered.compareAndSet(true, false))
            throw Unavailable.indeterminate("ledger_failed", "the answer was lost", null);
        return given;
    }

    @Override
    public List<Receipt> commit(List<Change> changes) {
        checkSpace();
        Runnable atEnd = changes.stream().anyMatch(NodeLedger::ends) ? atNextEnd.getAndSet(null) : null;
        if (atEnd != null) atEnd.run();
        List<Receipt> receipts = ledger.commit(changes);
        if (asks && changes.stream().anyMatch(NodeLedger::queues)) askTaker();
        boolean posts = changes.stream().flatMap(c -> c.writes().stream()).anyMatch(w -> w instanceof Write.Post);
        if (posts && fullWithMessage.compareAndSet(true, false)) full = true;
        if (isUnanswered(changes)) throw Unavailable.indeterminate("ledger_failed", "the answer was lost", null);
        return receipts;
    }

    @Override
    public void takes(Taker who) {
        taker = who;
    }

    @Override
    public boolean asksTakers() {
        return asks;
    }

    @Override
    public Tick tick(Holder node, int limit) {
        checkSpace();
        Runnable now = atNextLook.getAndSet(null);
        if (now != null) now.run();
        return ledger.tick(node, limit);
    }

    @Override
    public Receipt change(QueueChange change) {
        checkSpace();
        return ledger.change(change);
    }

    @Override
    public Receipt change(ScheduleChange change) {
        checkSpace();
        return ledger.change(change);
    }

    @Override
    public List<Run> lingering(Holder node, int limit) {
        widestLook.accumulateAndGet(limit, Math::max);
        return ledger.lingering(node, limit);
    }

    @Override
    public List<Run> held(Holder node, int limit) {
        List<Run> held = ledger.held(node, limit);
        if (!held.isEmpty()) looksUntilAnswer.countDown();
        return held;
    }

    @Override
    public List<Run> orphans(Holder node, int limit) {
        return ledger.orphans(node, limit);
    }

    @Override
    public List<Run> parked(int limit) {
        return ledger.parked(limit);
    }

    @Override
    public Discarded discard(Instant endedBefore, int limit) {
        return ledger.discard(endedBefore, limit);
    }

    @Override
    public boolean forget(Instant now, int limit) {
        return ledger.forget(now, limit);
    }

    @Override
    public Reads reads() {
        return reads;
    }

    @Override
    public Instant now() {
        return ledger.now();
    }

    @Override
    public LedgerFigures figures() {
        return ledger.figures();
    }

    @Override
    public void close() {
        ledger.close();
    }
}
