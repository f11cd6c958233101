package dev.holdfast.sqlite;

import dev.holdfast.core.Holder;
import dev.holdfast.core.RunId;
import dev.holdfast.sql.LaneKey;
import dev.holdfast.sql.LedgerClock;
import dev.holdfast.sql.Session;
import dev.holdfast.sql.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** The writer's connection, and what it knows of the data without asking. One transaction after the other. */
class Transaction implements AutoCloseable {
    private static final String BEGIN = "BEGIN IMMEDIATE";
    private static final String COMMIT = "COMMIT";
    private static final String ROLLBACK = "ROLLBACK";
    private static final String SAVEPOINT = "SAVEPOINT work";
    private static final String ROLLBACK_TO = "ROLLBACK TO work";
    private static final String RELEASE = "RELEASE work";

    /** Written by every transaction that writes anything. */
    private static final String SEAL = "UPDATE ledger SET batch = ?, at = ?, message = ?";

    private static final String NEWEST = "SELECT batch, at, message FROM ledger";
    private static final String NEWEST_NODE = "SELECT max(number) FROM nodes";
    private static final String COUNT_STEPS = "SELECT count(*) FROM steps WHERE run = ?";
    private static final int COUNTS_KEPT = 2_000;

    private final Session session;
    private final LedgerClock clock;
    private final Holder node;
    private final Map<RunId, Integer> stepCounts = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<RunId, Integer> eldest) {
            return size() > COUNTS_KEPT;
        }
    };
    /** Queues whose runs outside of lanes take part in claims; and whether nothing bounds them. */
    private final Map<LaneKey, Boolean> known = new HashMap<>();

    private final RunRows rows = new RunRows(this);
    private long batch;
    private long message;
    private boolean wrote;
    private boolean defers;
    private Instant now = Instant.EPOCH;

    /** @param node who writes: it stops for good when a later boot has taken the database over */
    Transaction(Session session, LedgerClock clock, Holder node) throws SQLException {
        this.session = session;
        this.clock = clock;
        this.node = node;
        session.sql(NEWEST).first(row -> {
            batch = row.number();
            row.number();
            message = row.number();
            return true;
        });
    }

    /** For whoever reads as a reader does. */
    Session session() throws SQLException {
        settle();
        return session;
    }

    /** The instant of this transaction. */
    Instant now() {
        return now;
    }

    /** The number of the newest transaction that was committed, or, from {@link #seal} on, of this one. */
    long batch() {
        return batch;
    }

    /** A statement that sees everything that this transaction has written. */
    Sql read(String sql) throws SQLException {
        settle();
        return session.sql(sql);
    }

    Sql write(String sql) throws SQLException {
        settle();
        return writeApart(sql);
    }

    /** A statement to which it makes no difference whether rows of new runs are there: see {@link RunRows}. */
    Sql readApart(String sql) throws SQLException {
        return session.sql(sql);
    }

    Sql writeApart(String sql) throws SQLException {
        wrote = true;
        return session.sql(sql);
    }

    /** Writes what is pending. */
    void settle() throws SQLException {
        rows.settle();
    }

    /** Whether rows of new runs may wait until the end of the transaction, or until somebody looks for them. */
    boolean defers() {
        return defers;
    }

    RunRows rows() {
        return rows;
    }

    long nextMessage() {
        return ++message;
    }

    /** How many steps of the run are recorded, those of this transaction included. */
    int steps(RunId run) throws SQLException {
        Integer known = stepCounts.get(run);
        if (known != null) return known;
        int counted = (int) session.sql(COUNT_STEPS).id(run).single();
        stepCounts.put(run, counted);
        return counted;
    }

    void steps(RunId run, int count) {
        stepCounts.put(run, count);
    }

    boolean knows(LaneKey lane) {
        return known.containsKey(lane);
    }

    /** Whether it is known that nothing bounds the runs of this lane. */
    boolean isOpen(LaneKey lane) {
        return known.getOrDefault(lane, false);
    }

    void learn(LaneKey lane, boolean isOpen) {
        known.put(lane, isOpen);
    }

    void forget(LaneKey lane) {
        known.remove(lane);
    }

    /** The settings of queues have changed. */
    void forgetLanes() {
        known.clear();
    }

    /** @param asOne whether all of it is written or nothing, so that nobody asks what a part of it has written */
    void begin(boolean asOne) throws SQLException {
        defers = asOne;
        session.sql(BEGIN).update();
        // The lock on the folder is on a file that somebody may delete. The database itself tells who came last.
        if (session.sql(NEWEST_NODE).single() != node.number()) throw Trouble.takenOver();
        now = clock.now();
        wrote = false;
    }

    void savepoint() throws SQLException {
        session.sql(SAVEPOINT).update();
    }

    void release() throws SQLException {
        session.sql(RELEASE).update();
    }

    void undo() throws SQLException {
        forgetAll();
        session.sql(ROLLBACK_TO).update();
        session.sql(RELEASE).update();
    }

    /** Makes this a transaction that writes, if only its number, which is after this one. */
    void skip(long number) {
        batch = number;
        wrote = true;
    }

    /** The last write of a transaction, by which it is recognised if its answer is lost. */
    void seal() throws SQLException {
        if (!wrote) return;
        batch++;
        session.sql(SEAL)
                .number(batch)
                .number(clock.now().toEpochMilli())
                .number(message)
                .update();
    }

    void commit() throws SQLException {
        session.sql(COMMIT).update();
    }

    private void forgetAll() {
        stepCounts.clear();
        rows.forgetAll();
        known.clear();
    }

    void rollback() throws SQLException {
        forgetAll();
        session.sql(ROLLBACK).update();
    }

    @Override
    public void close() throws SQLException {
        session.close();
    }
}
