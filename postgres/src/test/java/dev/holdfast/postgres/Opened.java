package dev.holdfast.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Holder;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Run;
import dev.holdfast.engine.Admission;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.postgres.session.Connections;
import dev.holdfast.sql.LedgerClock;
import dev.holdfast.sql.Session;
import dev.holdfast.testkit.Changes;
import dev.holdfast.testkit.TestStore;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A store on a database, as the contracts want it: each boot is another node, and the last one is gone. */
record Opened(Supply supply, PgStore store) implements TestStore {
    private static final String JOIN = "INSERT INTO nodes (number, incarnation, label, address, server_system,"
            + " server_timeline, server_started, server_counted, schema_from, schema_to, joined)"
            + " VALUES (nextval('node_numbers'), %d, '', '', 0, 0, 0, 0, 1, " + Schema.CURRENT.version()
            + ", 0) RETURNING number";
    private static final List<String> TABLES = List.of(
            "runs",
            "run_tags",
            "removed",
            "run_payloads",
            "snapshots",
            "steps",
            "step_history",
            "requests",
            "inbox",
            "signals",
            "waits",
            "tokens",
            "queues",
            "paused_lanes",
            "queue_claims",
            "lanes",
            "schedules",
            "stream_heads",
            "chunks",
            "nodes");

    /**
     * Where its sessions come from.
     *
     * @param lends of whose sessions some are lent to user code
     * @param tests those of the test itself
     */
    record Supply(Connections lends, Sessions writing, Sessions reading, Sessions tests) {
        static Supply of(Connections connections) {
            Sessions tests = () -> new Session(connections.open(), new PgDialect());
            return new Supply(connections, Writing.sessions(connections), Writing.reading(connections), tests);
        }

        /** Which are used again when a store has closed them. */
        static Supply kept(Connections connections) {
            var made = of(connections);
            return new Supply(connections, new Kept(made.writing()), new Kept(made.reading()), new Kept(made.tests()));
        }
    }

    static Connections connections(TestDatabase database) {
        return Connections.to(database.url().toString());
    }

    /** A database with all tables. */
    static TestDatabase database() {
        var database = TestDatabase.fresh();
        isExpected(database);
        try {
            Schema.CURRENT.bringUp(connections(database));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return database;
    }

    /** By a user who has no rights but those that docs/operations.md says he needs. */
    static Connections asWorker(TestDatabase database) {
        String worker = "worker_of_" + database.name();
        Grants.ofTheHandbook(database.name(), worker)
                .forEach(sql -> database.server().query(database.name(), sql));
        return Connections.to(database.url().toString().replace("postgres@", worker + "@"));
    }

    /** A test that was to be of another server must not be one of the usual one. */
    private static void isExpected(TestDatabase database) {
        String expected = System.getProperty("holdfast.postgres.expected");
        if (expected == null) return;
        String major = expected.substring(0, expected.indexOf('.'));
        String there = String.valueOf(database.server()
                .query(database.name(), "SHOW server_version")
                .getFirst()
                .getFirst());
        if (!there.startsWith(major + ".")) throw new IllegalStateException(there + " instead of " + expected);
    }

    /** Nothing of an earlier test. */
    static void empty(Supply supply) {
        execute(supply, TABLES.stream().map(table -> "DELETE FROM " + table).collect(Collectors.joining("; ")));
    }

    /** Whoever was there before is dead. */
    static Opened in(Supply supply, Clock clock, Ids ids) {
        execute(supply, "DELETE FROM nodes");
        return beside(supply, clock, ids);
    }

    /** One more node. */
    static Opened beside(Supply supply, Clock clock, Ids ids) {
        var outside = new PgStore.Outside(supply.writing(), supply.reading(), new SystemThreads(), clock, ids)
                .lending(supply.lends());
        var node = join(supply, ids.next().getLeastSignificantBits());
        return new Opened(supply, PgStore.open(outside, node, new LedgerClock(clock, 0)::now));
    }

    static Holder join(Supply supply, long incarnation) {
        try (Session session = supply.tests().open()) {
            long number = Long.parseLong(session.ask(JOIN.formatted(incarnation)));
            return new Holder(Holder.Kind.NODE, number, incarnation);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void execute(Supply supply, String sql) {
        try (Session session = supply.tests().open()) {
            session.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A run that waits. */
    Run start(Ids ids, @Nullable Lane lane) {
        Change change = Changes.start(ids, ledger().now(), "1", lane);
        assertThat(ledger().commit(change)).isEqualTo(new Receipt.Applied());
        return ledger().reads().run(change.run()).orElseThrow();
    }

    /** Runs of task {@code t} that wait. */
    List<Claimed> claim(int max) {
        return ledger().claim(new Claim(node(), new Admission(Map.of("t", "1"), max), max));
    }

    /** A run that this node holds, if nothing else waits. */
    Run running(Ids ids) {
        start(ids, null);
        return claim(1).getFirst().run();
    }

    @Override
    public Optional<Holder> neighbour() {
        return Optional.of(join(supply, 1234567));
    }

    @Override
    public void bury(Holder neighbour) {
        execute(supply, "DELETE FROM nodes WHERE number = " + neighbour.number());
    }

    @Override
    public Ledger ledger() {
        return store.ledger();
    }

    @Override
    public StreamLog stream() {
        return store.stream();
    }

    @Override
    public Holder node() {
        return store.node();
    }

    @Override
    public void close() {
        store.close();
    }
}
