package dev.holdfast.sqlite;

import dev.holdfast.core.Holder;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Discarded;
import dev.holdfast.engine.port.Fault;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.LedgerFigures;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.ScheduleChange;
import dev.holdfast.engine.port.Tick;
import dev.holdfast.sql.Alternation;
import dev.holdfast.sql.LedgerClock;
import dev.holdfast.sql.Readers;
import dev.holdfast.sql.RunRow;
import dev.holdfast.sql.SqlReads;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

final class SqliteLedger implements Ledger {
    private static final String ORPHANS = "SELECT " + RunRow.COLUMNS + " FROM runs WHERE holder_number IS NOT NULL"
            + " AND NOT (holder_number = ? AND holder_incarnation = ? AND holder_kind = ?) LIMIT ?";
    private static final String HELD = "SELECT " + RunRow.COLUMNS + " FROM runs WHERE holder_number = ?"
            + " AND holder_incarnation = ? AND holder_kind = ? LIMIT ?";
    private static final String PARKED =
            "SELECT " + RunRow.COLUMNS + " FROM runs WHERE parked_version IS NOT NULL AND claim_at IS NOT NULL LIMIT ?";

    private static final String LINGERING = "SELECT " + RunRow.COLUMNS
            + " FROM runs INDEXED BY runs_lingering WHERE lingers_number IS NOT NULL LIMIT ?";

    private final Alternation alternation = new Alternation();
    private final LaneSweep lanes = new LaneSweep();
    private final DiscardWork.Cursor discarded = new DiscardWork.Cursor();
    private final Writer writer;
    private final Readers readers;
    private final Reads reads;
    private final LedgerClock clock;
    private final Ids ids;

    SqliteLedger(Writer writer, Readers readers, LedgerClock clock, Ids ids) {
        this.writer = writer;
        this.readers = readers;
        this.reads = new SqlReads(readers, clock::now);
        this.clock = clock;
        this.ids = ids;
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
        var answers = writer.performAll(sound).iterator();
        var receipts = new ArrayList<Receipt>(changes.size());
        for (int i = 0; i < changes.size(); i++) {
            Refused fault = faults.get(i);
            receipts.add(fault == null ? answers.next() : new Receipt.Rejected(fault));
        }
        return receipts;
    }

    @Override
    public List<Claimed> claim(Supplier<Claim> wish) {
        return writer.perform(new ClaimWork(wish, ids, alternation));
    }

    @Override
    public Tick tick(Holder node, int limit) {
        return writer.perform(new TickWork(node, limit));
    }

    @Override
    public Receipt change(QueueChange change) {
        return writer.perform(new QueueWork(change));
    }

    @Override
    public Receipt change(ScheduleChange change) {
        return writer.perform(new ScheduleWork(change));
    }

    /** This node is the only one: whoever else they linger on is gone. */
    @Override
    public List<Run> lingering(Holder node, int limit) {
        return readers.read(s -> s.sql(LINGERING).number(limit).list(RunRow::read));
    }

    @Override
    public List<Run> orphans(Holder node, int limit) {
        return readers.read(s -> s.sql(ORPHANS)
                .number(node.number())
                .number(node.incarnation())
                .text(node.kind())
                .number(limit)
                .list(RunRow::read));
    }

    @Override
    public List<Run> held(Holder node, int limit) {
        return readers.read(s -> s.sql(HELD)
                .number(node.number())
                .number(node.incarnation())
                .text(node.kind())
                .number(limit)
                .list(RunRow::read));
    }

    @Override
    public List<Run> parked(int limit) {
        return readers.read(s -> s.sql(PARKED).number(limit).list(RunRow::read));
    }

    @Override
    public boolean forget(Instant now, int limit) {
        return writer.perform(new ForgetWork(now, limit, lanes));
    }

    @Override
    public Discarded discard(Instant endedBefore, int limit) {
        return writer.perform(new DiscardWork(endedBefore, limit, discarded));
    }

    @Override
    public Reads reads() {
        return reads;
    }

    @Override
    public Instant now() {
        return clock.now();
    }

    @Override
    public LedgerFigures figures() {
        return writer.figures();
    }

    @Override
    public void close() {
        writer.close();
    }
}
