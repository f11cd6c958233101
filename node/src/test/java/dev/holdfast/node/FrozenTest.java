package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.engine.EngineOptions;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.sdk.RunHandle;
import dev.holdfast.testkit.ProcessTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes in processes of their own that are frozen where it hurts most, for longer than they may be silent. */
@ProcessTest
final class FrozenTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int RUNS = 10;

    private final TestDatabase database = TestDatabase.fresh();
    private final List<RunHandle<String>> runs = new ArrayList<>();
    private Holdfast client;
    private Path gate;

    @TempDir
    Path folder;

    @BeforeEach
    void open() throws Exception {
        gate = Files.createFile(folder.resolve("gate"));
        client = Holdfast.cluster(
                ClusterOptions.at(url()).label("client"),
                NodeOptions.defaults().engine(EngineOptions.defaults().slots(0)),
                List.of(FrozenProgram.handler("client", line -> {})));
    }

    @AfterEach
    void close() {
        client.close();
        database.close();
    }

    @Test
    void whoIsFrozenInTheMiddleOfABatchKeepsNothingAndWritesNothing() throws Exception {
        try (var one = node("one")) {
            frozenInABatch(one, "one");
        }
    }

    /** Nothing but the ledger is between what it has to write and what others have written meanwhile. */
    @Test
    void whatANodeWithoutAFenceByTimeWritesWhenItWakesIsRefusedAndCounted() throws Exception {
        try (var one = node("stubborn")) {
            frozenInABatch(one, "stubborn");
            assertThat(one.lines().stream()
                            .filter(line -> line.startsWith("refused "))
                            .map(line -> Integer.parseInt(line.substring(8))))
                    .singleElement()
                    .satisfies(refused -> assertThat(refused).isGreaterThanOrEqualTo(RUNS));
        }
    }

    private void frozenInABatch(NodeProcess one, String label) throws Exception {
        start();
        await("it executes all").atMost(LONG).until(() -> began(one) == RUNS);
        long number = number(label);
        try (var sql = DriverManager.getConnection(database.jdbcUrl())) {
            // A row that is locked would be left aside: this keeps every batch waiting that records a step.
            execute(
                    sql,
                    "CREATE OR REPLACE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql"
                            + " SET lock_timeout = 0 AS"
                            + " $$ BEGIN PERFORM pg_advisory_xact_lock_shared(4242); RETURN NULL; END $$");
            execute(
                    sql,
                    "CREATE TRIGGER gate AFTER INSERT ON holdfast.steps FOR EACH STATEMENT EXECUTE FUNCTION public.gate()");
            execute(sql, "SELECT pg_advisory_lock(4242)");
            Files.delete(gate);
            await("what it records waits for our lock")
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(LONG)
                    .until(() -> sessions(number, "wait_event = 'advisory' AND query LIKE '%steps%'") > 0);
            one.signal("STOP");
            execute(sql, "SELECT pg_advisory_unlock(4242)");
        }
        await("it has the locks, and does not commit")
                .pollInterval(Duration.ofMillis(5))
                .atMost(LONG)
                .until(() -> sessions(number, "state = 'idle in transaction'") > 0);
        try (var two = node("two")) {
            goesOnAt("two");
            wakes(one, label, number);
            comesBack(two, label);
        }
    }

    @Test
    void whoIsFrozenWhileItIsGivenTheLockOfADeadNodeKeepsItFromNobody() throws Exception {
        try (var one = node("one");
                var two = node("two")) {
            long watcher = number("one");
            long watched = number("two");
            start();
            await("both execute some, and one watches two").atMost(LONG).until(() -> {
                if (began(one) + began(two) < runs.size()) return false;
                boolean both = began(one) > 0 && began(two) > 0;
                // Whoever looked first may have taken all.
                if (!both) startOne();
                return both && locks(watcher, watched, "NOT granted") == 1;
            });
            one.signal("STOP");
            two.kill();
            await("its wait is over, and it buries nobody")
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(LONG)
                    .until(() -> locks(watcher, watched, "NOT granted") == 0);
            try (var three = node("three")) {
                goesOnAt("three");
                assertThat(client.ring().takeovers())
                        .filteredOn(takeover -> takeover.number() == watched)
                        .singleElement()
                        .satisfies(takeover -> assertThat(takeover.by()).isNotEqualTo(watcher));
                Files.delete(gate);
                wakes(one, "one", watcher);
                comesBack(three, "one");
            }
        }
    }

    private static void execute(Connection sql, String text) throws SQLException {
        try (var statement = sql.createStatement()) {
            statement.execute(text);
        }
    }

    private NodeProcess node(String label) {
        return NodeProcess.start(FrozenProgram.class, url(), label).awaitReady();
    }

    private void start() {
        for (int i = 0; i < RUNS; i++) startOne();
    }

    private void startOne() {
        runs.add(client.start(FrozenProgram.WAITS, gate.toString()));
    }

    private void goesOnAt(String label) throws InterruptedException {
        for (var run : runs) assertThat(run.join(LONG)).contains(label);
    }

    /** It joins again when its code has left, and nothing of what it had to write is written. */
    private void wakes(NodeProcess node, String label, long before) {
        node.signal("CONT");
        await("it is another node")
                .atMost(LONG)
                .until(() -> numbers(label).stream().anyMatch(number -> number > before));
        assertThat(all("SELECT run FROM holdfast.steps WHERE epoch = 1"))
                .as("what it recorded")
                .isEmpty();
        assertThat(all("SELECT run FROM holdfast.steps")).hasSize(runs.size()).doesNotHaveDuplicates();
        assertThat(all("SELECT run FROM holdfast.snapshots WHERE state = 'FINISHED'"))
                .as("ends")
                .hasSize(runs.size())
                .doesNotHaveDuplicates();
    }

    /** … and executes as any other. */
    private void comesBack(NodeProcess other, String label) throws InterruptedException {
        other.kill();
        assertThat(client.start(FrozenProgram.WAITS, gate.toString()).join(LONG))
                .contains(label);
    }

    private static long began(NodeProcess node) {
        return node.lines().stream().filter(line -> line.startsWith("inside")).count();
    }

    private long number(String label) {
        await("node " + label + " is seen")
                .atMost(LONG)
                .until(() -> !numbers(label).isEmpty());
        return numbers(label).getFirst();
    }

    private List<Long> numbers(String label) {
        return client.ring().nodes().stream()
                .filter(node -> node.label().equals(label))
                .map(Ring.Node::number)
                .toList();
    }

    private int sessions(long number, String where) {
        return all("SELECT pid FROM pg_stat_activity WHERE application_name = 'holdfast/" + number
                        + "' AND datname = current_database() AND " + where)
                .size();
    }

    private int locks(long who, long whose, String where) {
        return all("SELECT 1 FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory'"
                        + " AND l.objid = " + whose + " AND a.application_name = 'holdfast/" + who
                        + "' AND a.datname = current_database() AND " + where)
                .size();
    }

    private String url() {
        return database.url().toString();
    }

    private List<String> all(String question) {
        return database.server().query(database.name(), question).stream()
                .map(row -> String.valueOf(row.getFirst()))
                .toList();
    }
}
