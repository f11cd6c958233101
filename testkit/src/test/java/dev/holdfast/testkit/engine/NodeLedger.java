package dev.holdfast.testkit.engine;

import dev.holdfast.core.Holder;
import dev.holdfast.core.Run;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.LedgerFigures;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.ScheduleChange;
import dev.holdfast.engine.port.Tick;
import dev.holdfast.engine.port.Write;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A ledger as a node has it: its disk can be full, and the answer to a commit can be lost.
 */
final class NodeLedger implements Ledger {
    private final Ledger ledger;
    private final AtomicReference<@Nullable Predicate<Run>> unanswered = new AtomicReference<>();
    private final AtomicReference<@Nullable Runnable> atNextLook = new AtomicReference<>();
    private volatile boolean full;

    NodeLedger(Ledger ledger) {
        this.ledger = ledger;
    }

    /** From now on nothing can be written, or everything can again. */
    void full(boolean is) {
        full = is;
    }

    /** The next change that makes a run look like this is written, and nobody is told. */
    void loseTheAnswer(Predicate<Run> to) {
        unanswered.set(to);
    }

    /** This happens when the engine looks at what is due, before it sees what is. */
    void atNextLook(Runnable what) {
        atNextLook.set(what);
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
    public List<Claimed> claim(Claim claim) {
        checkSpace();
        return ledger.claim(claim);
    }

    @Override
    public List<Receipt> commit(List<Change> changes) {
        checkSpace();
        List<Receipt> receipts = ledger.commit(changes);
        if (isUnanswered(changes)) throw Unavailable.indeterminate("ledger_failed", "the answer was lost", null);
        return receipts;
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
        return ledger.lingering(node, limit);
    }

    @Override
    public List<Run> held(Holder node, int limit) {
        return ledger.held(node, limit);
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
    public boolean discard(Instant endedBefore, int limit) {
        return ledger.discard(endedBefore, limit);
    }

    @Override
    public boolean forget(Instant now, int limit) {
        return ledger.forget(now, limit);
    }

    @Override
    public Reads reads() {
        return ledger.reads();
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
