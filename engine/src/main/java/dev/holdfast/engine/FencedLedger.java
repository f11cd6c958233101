package dev.holdfast.engine;

import dev.holdfast.core.Holder;
import dev.holdfast.core.Run;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Discarded;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.LedgerFigures;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.ReplicaReads;
import dev.holdfast.engine.port.ScheduleChange;
import dev.holdfast.engine.port.Taker;
import dev.holdfast.engine.port.Tick;
import dev.holdfast.engine.port.Transactions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The ledger as an engine has it: through a door that is shut for good when the node is fenced. It can still be read. */
final class FencedLedger implements Ledger {
    private final Ledger ledger;
    private final Door door;

    FencedLedger(Ledger ledger, Door door) {
        this.ledger = ledger;
        this.door = door;
    }

    @Override
    public Receipt commit(Change change) {
        door.demandNotFenced();
        return ledger.commit(change);
    }

    @Override
    public List<Receipt> commit(List<Change> changes) {
        door.demandNotFenced();
        return ledger.commit(changes);
    }

    @Override
    public List<Claimed> claim(Supplier<Claim> wish) {
        door.demandNotFenced();
        return ledger.claim(wish);
    }

    /** Whoever is fenced takes nothing: he is asked, and says so. */
    @Override
    public void takes(Taker taker) {
        ledger.takes(taker);
    }

    @Override
    public boolean asksTakers() {
        return ledger.asksTakers();
    }

    @Override
    public Tick tick(Holder node, int limit) {
        door.demandNotFenced();
        return ledger.tick(node, limit);
    }

    @Override
    public Receipt change(QueueChange change) {
        door.demandNotFenced();
        return ledger.change(change);
    }

    @Override
    public Receipt change(ScheduleChange change) {
        door.demandNotFenced();
        return ledger.change(change);
    }

    @Override
    public List<Run> lingering(Holder node, int limit) {
        return ledger.lingering(node, limit);
    }

    @Override
    public List<Run> orphans(Holder node, int limit) {
        return ledger.orphans(node, limit);
    }

    @Override
    public List<Run> held(Holder node, int limit) {
        return ledger.held(node, limit);
    }

    @Override
    public List<Run> parked(int limit) {
        return ledger.parked(limit);
    }

    @Override
    public boolean forget(Instant now, int limit) {
        door.demandNotFenced();
        return ledger.forget(now, limit);
    }

    @Override
    public Discarded discard(Instant endedBefore, int limit) {
        door.demandNotFenced();
        return ledger.discard(endedBefore, limit);
    }

    @Override
    public Optional<Transactions> transactions() {
        return ledger.transactions().map(all -> new FencedTransactions(all, door));
    }

    @Override
    public Reads reads() {
        return ledger.reads();
    }

    @Override
    public ReplicaReads replicaReads() {
        return ledger.replicaReads();
    }

    @Override
    public Instant now() {
        return ledger.now();
    }

    @Override
    public LedgerFigures figures() {
        return ledger.figures();
    }

    /** It belongs to whoever has made it. */
    @Override
    public void close() {}
}
