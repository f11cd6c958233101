package dev.holdfast.bench;

import dev.holdfast.core.RunId;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The fastest way that we know to write what a no-op run leaves behind: prepared statements on one connection, one after
 * the other, with nobody to answer, nothing to look up and no code to call. What Holdfast does is more than that, and never
 * less.
 *
 * <p>A run takes part in two transactions, as it must: it is durable and claimed before its code is called, and ended
 * after. Each transaction begins and claims one batch of runs and ends the batch before, so that there is one commit per
 * batch and not two; Holdfast's group commit mixes in the same way. What is begun is written as it is once it is claimed,
 * because Holdfast does that too when both come in one transaction. Updates write only the columns that change, by primary
 * key, without checking a fence. Ids grow with time like real ones, and cost nothing.
 *
 * <p>The schema is the migrated one, the settings of the connection are those that Holdfast's writer reports, and each
 * transaction also writes the one row by which the ledger numbers its transactions.
 */
final class Floor implements AutoCloseable {
    private static final String SEAL = "UPDATE ledger SET batch = batch + 1, at = at + 1";

    private final Connection connection;
    private final List<Bare> begin;
    private final List<Bare> end;
    private final PreparedStatement seal;
    private final SplittableRandom random = new SplittableRandom(7);
    private long time = System.currentTimeMillis() << 16 | 0x7000;

    private record Bare(PreparedStatement statement, List<Template.Value> values) {}

    /** @param runs that were begun and ended */
    record Done(long runs, Duration took) {
        double perSecond() {
            return runs / (took.toNanos() / 1e9);
        }
    }

    /** @param folder with an empty ledger */
    Floor(Path folder, Template template) throws SQLException {
        this.connection = Database.connect(folder, template.settings());
        this.begin = prepared(template.begin());
        this.end = prepared(template.end());
        this.seal = connection.prepareStatement(SEAL);
        connection.setAutoCommit(false);
    }

    private List<Bare> prepared(List<Template.Write> writes) throws SQLException {
        var all = new ArrayList<Bare>();
        for (var write : writes) all.add(new Bare(connection.prepareStatement(write.sql()), write.values()));
        return all;
    }

    /** Writes runs for so long, so many in each transaction. */
    Done write(int runsPerCommit, Duration limit) throws SQLException {
        long begun = System.nanoTime();
        long until = begun + limit.toNanos();
        long runs = 0;
        List<RunId> present = List.of();
        while (System.nanoTime() < until || !present.isEmpty()) {
            List<RunId> next = System.nanoTime() < until ? ids(runsPerCommit) : List.of();
            execute(begin, next);
            execute(end, present);
            seal.executeUpdate();
            connection.commit();
            runs += present.size();
            present = next;
        }
        return new Done(runs, Duration.ofNanos(System.nanoTime() - begun));
    }

    /** Writes so many runs. @return the last of them */
    RunId write(long count) throws SQLException {
        List<RunId> present = List.of();
        RunId last = id();
        for (long written = 0; written < count || !present.isEmpty(); written += present.size()) {
            List<RunId> next = ids((int) Math.min(NoopRuns.FLOOR_BATCH, count - written));
            execute(begin, next);
            execute(end, present);
            seal.executeUpdate();
            connection.commit();
            if (!next.isEmpty()) last = next.getLast();
            present = next;
        }
        return last;
    }

    private void execute(List<Bare> statements, List<RunId> runs) throws SQLException {
        for (Bare bare : statements) {
            for (RunId run : runs) {
                for (int i = 0; i < bare.values().size(); i++)
                    set(bare.statement(), i + 1, bare.values().get(i), run);
                bare.statement().executeUpdate();
            }
        }
    }

    private void set(PreparedStatement statement, int at, Template.Value value, RunId run) throws SQLException {
        switch (value) {
            case Template.Value.OfRun v -> statement.setBytes(at, Photograph.bytes(run));
            case Template.Value.FreshId v -> statement.setBytes(at, Photograph.bytes(id()));
            case Template.Value.Whole v -> statement.setLong(at, v.number());
            case Template.Value.Words v -> statement.setString(at, v.text());
            case Template.Value.Nothing v -> statement.setObject(at, null);
        }
    }

    private List<RunId> ids(int count) {
        var ids = new ArrayList<RunId>(count);
        for (int i = 0; i < count; i++) ids.add(id());
        return ids;
    }

    /** A UUIDv7 in all but its source: time, and 62 random bits. Each is greater than the one before. */
    private RunId id() {
        time += (time & 0xfff) == 0xfff ? 0x10000 - 0xfff : 1;
        return new RunId(time, random.nextLong() >>> 2 | 1L << 63);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
