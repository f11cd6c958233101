package dev.holdfast.postgres;

import dev.holdfast.core.Holder;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.sql.LedgerClock;
import dev.holdfast.testkit.TestStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** A store on a database, as the contracts want it: each boot is another node, and the last one is gone. */
record Opened(PgStore store) implements TestStore {
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

    static Connections connections(TestDatabase database) {
        return Connections.to(new PostgresOptions(database.url().toString()));
    }

    /** A database with all tables. */
    static TestDatabase database() {
        var database = TestDatabase.fresh();
        try {
            Schema.CURRENT.bringUp(connections(database));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return database;
    }

    /** Nothing of an earlier test. */
    static void empty(Connections connections) {
        try (Connection connection = connections.open();
                var statement = connection.createStatement()) {
            for (String table : TABLES) statement.addBatch("DELETE FROM " + table);
            statement.executeBatch();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static Opened in(Connections connections, Clock clock, Ids ids) {
        long number;
        long incarnation = ids.next().getLeastSignificantBits();
        try (Connection connection = connections.open();
                var statement = connection.createStatement()) {
            statement.execute("DELETE FROM nodes");
            statement.execute("INSERT INTO nodes (number, incarnation, label, address, server_system, server_timeline,"
                    + " server_started, server_counted, schema_from, schema_to, joined)"
                    + " VALUES (nextval('node_numbers'), " + incarnation + ", '', '', 0, 0, 0, 0, 1, 2, 0)");
            try (var rows = statement.executeQuery("SELECT number FROM nodes")) {
                rows.next();
                number = rows.getLong(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        var outside = new PgStore.Outside(
                Writing.sessions(connections), Writing.reading(connections), new SystemThreads(), clock, ids);
        return new Opened(PgStore.open(
                outside, new Holder(Holder.Kind.NODE, number, incarnation), new LedgerClock(clock, 0)::now));
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
