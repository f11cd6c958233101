package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.engine.EngineOptions;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.sdk.RunHandle;
import dev.holdfast.sdk.Start;
import dev.holdfast.testkit.ProcessTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes in processes of their own, killed and frozen while they are in a transaction of user code. */
@ProcessTest
final class TransactionKillTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final TestDatabase database = TestDatabase.fresh();
    private Holdfast client;

    @TempDir
    Path folder;

    @BeforeEach
    void open() {
        sql("CREATE TABLE booked (who text NOT NULL, node text NOT NULL)");
        client = Holdfast.cluster(
                ClusterOptions.at(url()).label("client"),
                NodeOptions.defaults().engine(EngineOptions.defaults().slots(0)),
                List.of(TransactionProgram.handler("client", line -> {})));
    }

    @AfterEach
    void close() {
        client.close();
        database.close();
    }

    @Test
    void whoIsKilledInTheBodyHasWrittenNothing() throws Exception {
        Path gate = gate();
        try (var one = NodeProcess.start(TransactionProgram.class, url(), "one").awaitReady()) {
            RunHandle<String> run = client.start(TransactionProgram.BOOK, "path:" + gate);
            one.awaitLine("inside 1");
            goesOnElsewhere(one, run);
        }
        assertThat(booked()).containsExactly("two");
    }

    @Test
    void whoIsKilledWhileTheDatabaseCommitsHasWrittenAllOrNothing() throws Exception {
        // What is done at the commit and takes its time: it puts itself off when it is to be done before.
        sql("CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                + " IF NEW.node = 'one' AND NEW.who = 'lingers' THEN"
                + " SET CONSTRAINTS ALL DEFERRED; INSERT INTO booked VALUES ('once more', 'one');"
                + " ELSIF NEW.node = 'one' THEN PERFORM pg_sleep(30); END IF; RETURN NULL; END $$;"
                + " CREATE CONSTRAINT TRIGGER lingering AFTER INSERT ON booked DEFERRABLE INITIALLY DEFERRED"
                + " FOR EACH ROW EXECUTE FUNCTION linger()");
        try (var one = NodeProcess.start(TransactionProgram.class, url(), "one").awaitReady()) {
            RunHandle<String> run = client.start(TransactionProgram.BOOK, "lingers");
            one.awaitLine("inside 1");
            await("the commit is on its way")
                    .atMost(LONG)
                    .until(() ->
                            !all("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query = 'COMMIT'")
                                    .isEmpty());
            goesOnElsewhere(one, run);
        }
        assertThat(booked()).containsExactly("two");
    }

    /** It executes the body again, and the body of the first has left nothing. */
    private void goesOnElsewhere(NodeProcess one, RunHandle<String> run) throws Exception {
        try (var two = NodeProcess.start(TransactionProgram.class, url(), "two").awaitReady()) {
            one.kill();
            assertThat(run.join()).isEqualTo("two");
            two.awaitLine("inside 3");
        }
    }

    @Test
    void whoIsKilledBeforeItKnowsOfItsCommitHasCommitted() throws Exception {
        try (var thief = new CommitThief(database.url());
                var one = NodeProcess.start(TransactionProgram.class, thief.url(), "one")
                        .awaitReady()) {
            thief.steal(CommitThief.Way.ANSWER_HELD);
            RunHandle<String> run = client.start(TransactionProgram.BOOK, "unheard");
            thief.awaitStolen();
            assertThat(booked()).containsExactly("one");
            try (var two =
                    NodeProcess.start(TransactionProgram.class, url(), "two").awaitReady()) {
                one.kill();
                assertThat(run.join()).isEqualTo("one");
                assertThat(two.lines()).noneMatch(line -> line.startsWith("inside"));
            }
        }
        assertThat(booked()).containsExactly("one");
    }

    @Test
    void manyThatAreKilledAtAnyMomentHaveOneRowEach() throws Exception {
        var runs = new ArrayList<RunHandle<String>>();
        int count = 150;
        try (var one = NodeProcess.start(TransactionProgram.class, url(), "one").awaitReady();
                var two = NodeProcess.start(TransactionProgram.class, url(), "two")
                        .awaitReady()) {
            for (int i = 0; i < count; i++) runs.add(client.start(TransactionProgram.BOOK, "r" + i));
            await("both are at it").atMost(LONG).until(() -> {
                // One may have done the others before the other one has begun.
                runs.add(client.start(TransactionProgram.BOOK, "r" + runs.size()));
                return one.lines().size() > 10 && two.lines().size() > 10;
            });
            // So that much is under way, whatever it took until both had begun.
            for (int i = 0; i < count; i++) runs.add(client.start(TransactionProgram.BOOK, "r" + runs.size()));
            one.kill();
            for (var run : runs) assertThat(run.join()).isIn("one", "two");
        }
        assertThat(all("SELECT who FROM booked")).hasSize(runs.size()).doesNotHaveDuplicates();
        assertThat(all("SELECT b.who FROM booked b JOIN holdfast.run_payloads p ON p.input = '\"' || b.who || '\"'"
                        + " WHERE p.output = '\"' || b.node || '\"'"))
                .as("who has written the row has the run's result")
                .hasSize(runs.size());
    }

    @Test
    void ofWhoIsFrozenInTheBodyAndWakesUpWhenItWasTakenOverNothingLands() throws Exception {
        Path gate = gate();
        try (var one = NodeProcess.start(TransactionProgram.class, url(), "one").awaitReady()) {
            RunHandle<String> run = client.start(TransactionProgram.BOOK, "path:" + gate);
            one.awaitLine("inside 1");
            one.signal("STOP");
            try (var two =
                    NodeProcess.start(TransactionProgram.class, url(), "two").awaitReady()) {
                assertThat(run.join()).isEqualTo("two");
                assertThat(booked()).containsExactly("two");
                Files.delete(gate);
                one.signal("CONT");
                // It joins again as another one when its code has left, and then it executes as any other.
                two.kill();
                assertThat(client.start(TransactionProgram.BOOK, "next").join()).isEqualTo("one");
            }
        }
        assertThat(booked()).containsExactlyInAnyOrder("two", "one");
        assertThat(all("SELECT who FROM booked")).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void aStartWhoseProcessIsKilledBeforeItsCommitIsNone() throws Exception {
        try (var starter = NodeProcess.start(TransactionProgram.class, database.jdbcUrl(), "starter")
                .awaitLine("started")) {
            starter.kill();
        }
        await("its transaction is over")
                .atMost(LONG)
                .until(() -> all("SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction'")
                        .isEmpty());
        assertThat(all("SELECT 1 FROM holdfast.runs")).isEmpty();
        try (var one = NodeProcess.start(TransactionProgram.class, url(), "one").awaitReady()) {
            RunHandle<String> run = client.start(TransactionProgram.BOOK, "again", Start.idempotent("uncommitted"));
            assertThat(run.join()).isEqualTo("one");
            one.awaitLine("inside 1");
        }
    }

    private Path gate() throws IOException {
        return Files.createFile(folder.resolve("gate"));
    }

    private String url() {
        return database.url().toString();
    }

    private void sql(String text) {
        database.server().query(database.name(), text);
    }

    private List<String> booked() {
        return all("SELECT node FROM booked");
    }

    private List<String> all(String question) {
        return database.server().query(database.name(), question).stream()
                .map(row -> String.valueOf(row.getFirst()))
                .toList();
    }
}
