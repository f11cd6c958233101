package dev.holdfast.peers.holdfast;

import dev.holdfast.core.RunId;
import dev.holdfast.node.Holdfast;
import dev.holdfast.postgres.UuidArrays;
import dev.holdfast.sdk.Task;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The fastest way that we know to leave in PostgreSQL what a no-op run leaves: a run is photographed in every table while it
 * executes and after its end, and the server copies the photographs. Only ids are sent to it. Nobody is answered, nothing is
 * looked up, no fence is checked, and no code is called.
 *
 * <p>A run takes part in two transactions, as it must: it is durable and claimed before its code is called, and ended after.
 * One session begins and another one ends the batch before, side by side.
 */
final class Floor {
    /** A run that goes on until it has been photographed. */
    static final Task<String, String> HELD = Task.named("held", String.class, String.class);

    private static final int RUNS_PER_TRANSACTION = 200;
    private static final List<String> TABLES = List.of("runs", "run_payloads", "snapshots");
    /** As the ledger has it: no plan is made for tables that are still empty. */
    private static final String PLANS =
            "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;"
                    + " SET jit = off; SET search_path = holdfast, floor";

    private final String url;
    private final SplittableRandom random = new SplittableRandom(7);
    private long time = System.currentTimeMillis() << 16 | 0x7000;

    private Floor(String url) {
        this.url = url;
    }

    /** What holds the run, and lets it go. */
    record Hold(CountDownLatch executing, CountDownLatch seen) {
        Hold() {
            this(new CountDownLatch(1), new CountDownLatch(1));
        }

        String untilSeen(String input) {
            executing.countDown();
            try {
                seen.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return input;
        }
    }

    /** Runs per second. */
    static double perSecond(String url, Holdfast holdfast, Hold hold, Duration limit) throws Exception {
        var floor = new Floor(url);
        try (Connection camera = floor.session()) {
            var run = holdfast.start(HELD, "run-1");
            hold.executing().await();
            execute(camera, "DROP SCHEMA IF EXISTS floor CASCADE; CREATE SCHEMA floor");
            photograph(camera, "begun", run.id());
            hold.seen().countDown();
            run.join();
            photograph(camera, "ended", run.id());
            execute(camera, "DELETE FROM floor.ended_snapshots WHERE seq IN (SELECT seq FROM floor.begun_snapshots)");
            return floor.write(begins(camera), ends(camera), limit);
        }
    }

    private static void photograph(Connection camera, String name, RunId run) throws SQLException {
        for (String table : TABLES) {
            execute(
                    camera,
                    "CREATE TABLE floor." + name + "_" + table + " AS SELECT * FROM " + table + " WHERE " + id(table)
                            + " = '" + run.uuid() + "'");
        }
    }

    private static String id(String table) {
        return table.equals("runs") ? "id" : "run";
    }

    private static List<String> begins(Connection camera) throws SQLException {
        var all = new ArrayList<String>();
        for (String table : TABLES) all.add(insert(camera, "begun_", table));
        return all;
    }

    private static List<String> ends(Connection camera) throws SQLException {
        var all = new ArrayList<String>();
        for (String table : List.of("runs", "run_payloads")) {
            Map<String, @Nullable String> begun = row(camera, "begun_" + table);
            Map<String, @Nullable String> ended = row(camera, "ended_" + table);
            String set = ended.keySet().stream()
                    .filter(column -> !Objects.equals(begun.get(column), ended.get(column)))
                    .map(column -> column + " = p." + column)
                    .collect(Collectors.joining(", "));
            all.add("UPDATE " + table + " r SET " + set + " FROM ended_" + table
                    + " p, unnest(?::uuid[]) AS u(run) WHERE r." + id(table) + " = u.run");
        }
        all.add(insert(camera, "ended_", "snapshots"));
        return all;
    }

    private static String insert(Connection camera, String photograph, String table) throws SQLException {
        var columns = row(camera, "begun_" + table).keySet();
        String values = columns.stream()
                .map(column -> column.equals(id(table)) ? "u.run" : "p." + column)
                .collect(Collectors.joining(", "));
        return "INSERT INTO " + table + " (" + String.join(", ", columns) + ") SELECT " + values + " FROM " + photograph
                + table + " p, unnest(?::uuid[]) AS u(run)";
    }

    private static Map<String, @Nullable String> row(Connection camera, String table) throws SQLException {
        try (var statement = camera.createStatement();
                var rows = statement.executeQuery("SELECT * FROM floor." + table)) {
            rows.next();
            var row = new LinkedHashMap<String, @Nullable String>();
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                row.put(rows.getMetaData().getColumnName(i), rows.getString(i));
            }
            return row;
        }
    }

    private double write(List<String> begins, List<String> ends, Duration limit) throws Exception {
        var begun = new ArrayBlockingQueue<List<UUID>>(1);
        long start = System.nanoTime();
        try (var hands = Executors.newFixedThreadPool(2)) {
            Future<Long> one = hands.submit(() -> {
                try (var session = session()) {
                    var writing = prepared(session, begins);
                    while (System.nanoTime() - start < limit.toNanos()) begun.put(written(session, writing, ids()));
                    begun.put(List.of());
                    return 0L;
                }
            });
            Future<Long> other = hands.submit((Callable<Long>) () -> {
                long runs = 0;
                try (var session = session()) {
                    var writing = prepared(session, ends);
                    for (var next = begun.take(); !next.isEmpty(); next = begun.take()) {
                        runs += written(session, writing, next).size();
                    }
                    return runs;
                }
            });
            one.get();
            return other.get() / ((System.nanoTime() - start) / 1e9);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private static List<PreparedStatement> prepared(Connection session, List<String> statements) throws SQLException {
        session.setAutoCommit(false);
        var all = new ArrayList<PreparedStatement>();
        for (String each : statements) all.add(session.prepareStatement(each));
        return all;
    }

    private static List<UUID> written(Connection session, List<PreparedStatement> statements, List<UUID> runs)
            throws SQLException {
        for (var statement : statements) {
            statement.setArray(1, UuidArrays.of(session, runs));
            statement.executeUpdate();
        }
        session.commit();
        return runs;
    }

    private List<UUID> ids() {
        var ids = new ArrayList<UUID>(RUNS_PER_TRANSACTION);
        for (int i = 0; i < RUNS_PER_TRANSACTION; i++) ids.add(id());
        return ids;
    }

    /** A UUIDv7 in all but its source: time, and 62 random bits. Each is greater than the one before. */
    private UUID id() {
        time += (time & 0xfff) == 0xfff ? 0x10000 - 0xfff : 1;
        return new UUID(time, random.nextLong() >>> 2 | 1L << 63);
    }

    private Connection session() throws SQLException {
        Connection session = DriverManager.getConnection(url);
        execute(session, PLANS);
        return session;
    }

    private static void execute(Connection session, String sql) throws SQLException {
        try (var statement = session.createStatement()) {
            statement.execute(sql);
        }
    }
}
