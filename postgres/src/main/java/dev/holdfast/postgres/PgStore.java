package dev.holdfast.postgres;

import dev.holdfast.core.Holder;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.port.Threads;
import dev.holdfast.postgres.ladder.Replica;
import dev.holdfast.postgres.membership.Membership;
import dev.holdfast.postgres.session.Connections;
import dev.holdfast.sql.Alternation;
import dev.holdfast.sql.Session;
import dev.holdfast.sql.SqlStream;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A ledger and a stream log of one incarnation of a node, in a database that it shares with others. */
final class PgStore implements AutoCloseable {
    private final PgLedger ledger;
    private final SqlStream stream;
    private final Holder node;
    private final PgReaders readers;
    private final Track errands;
    private final Writers writers;
    private final @Nullable PgTransactions transactions;

    private PgStore(PgLedger.Parts parts, Outside outside, Holder node) {
        this.transactions = transactions(parts, outside, node);
        this.ledger = new PgLedger(parts, outside.replica(), transactions);
        this.stream = new SqlStream(
                parts.readers(),
                appends -> parts.writers()
                        .performAll(appends.stream().map(AppendWork::new).toList()));
        this.node = node;
        this.readers = parts.readers();
        this.errands = parts.errands();
        this.writers = parts.writers();
    }

    private static @Nullable PgTransactions transactions(PgLedger.Parts parts, Outside outside, Holder node) {
        Connections lends = outside.lends();
        if (lends == null) return null;
        var with = new Joint.With(Apart.commits(outside.threads()), parts.errands(), parts.memory(), parts.now());
        return new PgTransactions(new Lending(lends), with, node);
    }

    /**
     * What a store is given from outside.
     *
     * @param replica which is the store's from now on; null for none
     * @param lends of whose sessions some are lent to user code; null for none
     */
    record Outside(
            Sessions writing,
            Sessions reading,
            Threads threads,
            Clock clock,
            Ids ids,
            @Nullable Replica replica,
            @Nullable Connections lends) {
        /** Without a replica, and without sessions for user code. */
        Outside(Sessions writing, Sessions reading, Threads threads, Clock clock, Ids ids) {
            this(writing, reading, threads, clock, ids, null, null);
        }

        Outside with(Replica other) {
            return new Outside(writing, reading, threads, clock, ids, other, lends);
        }

        Outside lending(Connections some) {
            return new Outside(writing, reading, threads, clock, ids, replica, some);
        }
    }

    /**
     * Opens the store for a node that has joined.
     *
     * @param now the database's clock
     * @throws Unavailable if the database cannot be used
     */
    static PgStore open(Outside outside, Holder node, Supplier<Instant> now) {
        Map<String, String> durability = durability(outside.writing());
        var memory = new Batch.Memory(
                new KnownQueues(outside.clock()),
                new StepCounts(),
                new Folding(outside.ids()),
                new ClaimWalk.Memory(outside.ids(), new Alternation()));
        var figures = new BatchFigures();
        Supplier<Track> tracks = () -> new Track(outside.writing(), outside.threads(), now);
        var writers = Writers.on(tracks, memory, figures, outside.threads());
        var readers = new PgReaders(outside.reading(), outside.threads());
        var parts = new PgLedger.Parts(writers, tracks.get(), readers, memory, figures, now, durability);
        return new PgStore(parts, outside, node);
    }

    private static Map<String, String> durability(Sessions writing) {
        try (Session session = writing.open()) {
            var settings = new TreeMap<String, String>();
            for (String name : new String[] {"fsync", "synchronous_commit", "full_page_writes"}) {
                settings.put(name, session.ask("SHOW " + name));
            }
            return settings;
        } catch (SQLException e) {
            throw Trouble.unavailable(e);
        }
    }

    Ledger ledger() {
        return ledger;
    }

    StreamLog stream() {
        return stream;
    }

    /** The other nodes, for a node that has joined with this membership. */
    PgPeers peers(Membership membership) {
        return new PgPeers(membership, readers, errands);
    }

    Holder node() {
        return node;
    }

    /** See {@link PgMember#cut}. */
    void cut() {
        writers.cut();
        errands.cut();
        readers.cut();
        if (transactions != null) transactions.cut();
    }

    void restore() {
        writers.restore();
        errands.restore();
        readers.restore();
        if (transactions != null) transactions.restore();
    }

    /** Commits what is waiting, then refuses. */
    @Override
    public void close() {
        ledger.close();
    }
}
