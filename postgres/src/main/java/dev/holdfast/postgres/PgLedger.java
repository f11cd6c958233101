package dev.holdfast.postgres;

import dev.holdfast.core.Holder;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Discarded;
import dev.holdfast.engine.port.Fault;
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
import dev.holdfast.postgres.ladder.Replica;
import dev.holdfast.sql.RunRow;
import dev.holdfast.sql.SqlReads;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The ledger in a PostgreSQL database that many nodes share. */
final class PgLedger implements Ledger {
    private static final String SELECT = "SELECT " + RunRow.COLUMNS + " FROM runs r";
    /** Nobody tests liveness and locks in one statement: what is found here is written only if it still is as it was read. */
    private static final String ORPHANS =
            SELECT + " WHERE holder_number IS NOT NULL AND NOT EXISTS (SELECT 1 FROM nodes n"
                    + " WHERE n.number = r.holder_number AND n.incarnation = r.holder_incarnation) LIMIT ?";

    private static final String PARKED = SELECT + " WHERE parked_version IS NOT NULL AND claim_at IS NOT NULL LIMIT ?";
    private static final String HELD =
            SELECT + " WHERE holder_number = ? AND holder_incarnation = ? AND holder_kind = ? LIMIT ?";
    private static final String LINGERING = SELECT + " WHERE lingers_number IS NOT NULL"
            + " AND ((lingers_number = ? AND lingers_incarnation = ?) OR NOT EXISTS (SELECT 1 FROM nodes n"
            + " WHERE n.number = r.lingers_number AND n.incarnation = r.lingers_incarnation)) LIMIT ?";

    /** A claim that found everything locked is repeated so often, less and less quickly, within half a second. */
    private static final int REPEATED = 20;

    private static final Duration A_MOMENT = Duration.ofMillis(5);

    private final Parts parts;
    private final Reads reads;
    private final @Nullable Replica replica;
    private final ReplicaReads replicaReads;
    private final @Nullable PgTransactions transactions;
    private final Tidying tidying = new Tidying();

    /**
     * What the ledger is made of.
     *
     * @param errands on which everything else is done that is not a change
     */
    record Parts(
            Writers writers,
            Track errands,
            PgReaders readers,
            Batch.Memory memory,
            BatchFigures figures,
            Supplier<Instant> now,
            Map<String, String> durability) {}

    /**
     * @param replica what may be behind is read of it; null for none
     * @param transactions in which user code takes part; null for none
     */
    PgLedger(Parts parts, @Nullable Replica replica, @Nullable PgTransactions transactions) {
        this.parts = parts;
        this.reads = new SqlReads(parts.readers(), parts.now());
        this.replica = replica;
        this.transactions = transactions;
        this.replicaReads = replica == null ? reads : replica.before(reads);
    }

    @Override
    public List<Receipt> commit(List<Change> changes) {
        // By position: what is wrong by itself never reaches the writer.
        var faults = new HashMap<Integer, Refused>();
        var sound = new ArrayList<ChangeWork>(changes.size());
        for (int i = 0; i < changes.size(); i++) {
            Optional<Refused> fault = Fault.of(changes.get(i));
            if (fault.isPresent()) faults.put(i, fault.get());
            else sound.add(new ChangeWork(changes.get(i)));
        }
        var answers = parts.writers().performAll(sound).iterator();
        var receipts = new ArrayList<Receipt>(changes.size());
        for (int i = 0; i < changes.size(); i++) {
            Refused fault = faults.get(i);
            receipts.add(fault == null ? answers.next() : new Receipt.Rejected(fault));
        }
        return receipts;
    }

    /** Nobody is kept from his commit by a claim that would find nothing. */
    @Override
    public List<Claimed> claim(Supplier<Claim> wish) {
        boolean idle = parts.writers().isIdle();
        if (idle && !parts.readers().ask(s -> ClaimWalk.isWorthIt(new Transaction(s, now())))) return List.of();
        for (int repeated = 0; ; repeated++) {
            var work = new ClaimWork(wish);
            List<Claimed> given = parts.writers().perform(work);
            if (!work.isWorthRepeating() || repeated == REPEATED) return given;
            // Whoever has it locked commits in a moment, and may leave something: nobody would say so.
            parts.errands().rest(A_MOMENT.multipliedBy(1 + repeated / 2));
        }
    }

    @Override
    public void takes(Taker taker) {
        parts.writers().takes(taker);
    }

    @Override
    public boolean asksTakers() {
        return true;
    }

    @Override
    public Tick tick(Holder node, int limit) {
        return new TickLook(node, limit, now())
                .look(parts.readers(), parts.errands(), parts.memory().queues());
    }

    @Override
    public Receipt change(QueueChange change) {
        Receipt receipt = parts.errands().perform(tx -> new Errands(tx).change(change));
        parts.memory().queues().forget();
        return receipt;
    }

    @Override
    public Receipt change(ScheduleChange change) {
        return parts.errands().perform(tx -> new Errands(tx).change(change));
    }

    @Override
    public List<Run> lingering(Holder node, int limit) {
        return parts.readers()
                .ask(s -> s.sql(LINGERING)
                        .number(node.number())
                        .number(node.incarnation())
                        .number(limit)
                        .list(RunRow::read));
    }

    @Override
    public List<Run> orphans(Holder node, int limit) {
        return parts.readers().ask(s -> s.sql(ORPHANS).number(limit).list(RunRow::read));
    }

    @Override
    public List<Run> held(Holder node, int limit) {
        return parts.readers()
                .ask(s -> s.sql(HELD)
                        .number(node.number())
                        .number(node.incarnation())
                        .text(node.kind())
                        .number(limit)
                        .list(RunRow::read));
    }

    @Override
    public List<Run> parked(int limit) {
        return parts.readers().ask(s -> s.sql(PARKED).number(limit).list(RunRow::read));
    }

    @Override
    public boolean forget(Instant now, int limit) {
        return parts.errands()
                .perform(tx -> tidying.forget(tx, now, limit, parts.memory().queues()));
    }

    @Override
    public Discarded discard(Instant endedBefore, int limit) {
        return parts.errands().perform(tx -> tidying.discard(tx, endedBefore, limit));
    }

    @Override
    public Optional<Transactions> transactions() {
        return Optional.ofNullable(transactions);
    }

    @Override
    public Reads reads() {
        return reads;
    }

    @Override
    public ReplicaReads replicaReads() {
        return replicaReads;
    }

    @Override
    public Instant now() {
        return parts.now().get();
    }

    @Override
    public LedgerFigures figures() {
        return parts.figures().figures(parts.durability());
    }

    @Override
    public void close() {
        if (transactions != null) transactions.close();
        parts.writers().close();
        parts.errands().close();
        parts.readers().close();
        if (replica != null) replica.close();
    }
}
