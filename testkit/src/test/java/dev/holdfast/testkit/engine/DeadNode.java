package dev.holdfast.testkit.engine;

import dev.holdfast.core.Holder;
import dev.holdfast.core.Run;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.LedgerFigures;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Tick;
import java.time.Instant;
import java.util.List;

/**
 * A ledger as a node has it, until the node is declared dead: then its claims find nothing, as they find nothing where
 * there are several nodes, since its row is gone. Whatever else it still writes goes through, to meet the fence.
 */
final class DeadNode implements Ledger {
    private final Ledger ledger;
    private volatile boolean dead;

    DeadNode(Ledger ledger) {
        this.ledger = ledger;
    }

    void die() {
        dead = true;
    }

    @Override
    public List<Claimed> claim(Claim claim) {
        return dead ? List.of() : ledger.claim(claim);
    }

    @Override
    public List<Receipt> commit(List<Change> changes) {
        return ledger.commit(changes);
    }

    @Override
    public Tick tick(Holder node, int limit) {
        return ledger.tick(node, limit);
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
    public void forget(Instant now, int limit) {
        ledger.forget(now, limit);
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
