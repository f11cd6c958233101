package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.NoRetry;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Retry;
import dev.holdfast.core.RunFailed;
import dev.holdfast.core.StepFailed;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.RunHandle;
import dev.holdfast.sdk.Start;
import dev.holdfast.sdk.Step;
import dev.holdfast.sdk.Task;
import dev.holdfast.sdk.TypeRef;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps that are recorded together with what their bodies write into the user's own tables. */
final class TransactionTest {
    private static final TestDatabase DATABASE = TestDatabase.fresh();
    private static final Task<String, String> WORK = Task.named("work", String.class, String.class);
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Step<Integer> BOOK = Step.named("book", Integer.class);

    private final AtomicReference<Body> body = new AtomicReference<>((ctx, input) -> input);
    private Holdfast holdfast;

    @TempDir
    Path folder;

    /** Each test has its own. */
    private interface Body {
        String run(Context ctx, String input) throws Exception;
    }

    @AfterAll
    static void drop() {
        DATABASE.close();
    }

    @BeforeEach
    void open() {
        sql("DROP TABLE IF EXISTS booked; CREATE TABLE booked (who text NOT NULL)");
        var options = NodeOptions.defaults().engine(EngineOptions.defaults().slots(40));
        holdfast = Holdfast.cluster(ClusterOptions.at(url()), options, List.of(handler()));
    }

    @AfterEach
    void close() {
        holdfast.close();
    }

    private Handler<String, String> handler() {
        return WORK.handle((ctx, input) -> body.get().run(ctx, input));
    }

    @Test
    void whatTheBodyWritesAndTheRecordAreThereTogetherAndOnce() throws InterruptedException {
        var attempts = new AtomicInteger();
        var bodies = new AtomicInteger();
        body.set((ctx, input) -> {
            int left = ctx.transaction(BOOK, sql -> {
                bodies.incrementAndGet();
                return book(sql, input);
            });
            ctx.sleep(Duration.ofMillis(1));
            if (attempts.incrementAndGet() == 1) throw new IllegalStateException("the first attempt fails after it");
            return input + left;
        });
        assertThat(start("a").join()).isEqualTo("a1");
        assertThat(booked()).containsExactly("a");
        assertThat(bodies).hasValue(1);
        assertThat(attempts).hasValue(2);
    }

    /** More often than there are sessions: none of them is kept. */
    @Test
    void aBodyThatThrowsHasDoneNothingAndIsTriedAgainAsTheStepSays() throws InterruptedException {
        var tries = new AtomicInteger();
        body.set((ctx, input) -> {
            int left = ctx.transaction(BOOK.retry(Retry.fixed(12, Duration.ofMillis(5))), sql -> {
                int booked = book(sql, input);
                if (tries.incrementAndGet() < 12) throw new IllegalStateException("no");
                return booked;
            });
            return input + left;
        });
        assertThat(start("b").join(LONG)).contains("b1");
        assertThat(booked()).containsExactly("b");
        assertThat(tries).hasValue(12);
    }

    @Test
    void oneThatGivesUpFailsAsAnyStepAndLeavesNothing() throws InterruptedException {
        body.set((ctx, input) -> {
            try {
                ctx.transaction("book", Integer.class, sql -> {
                    book(sql, input);
                    throw new NoRetry("sold out");
                });
            } catch (StepFailed e) {
                return e.error().message();
            }
            return "booked";
        });
        assertThat(start("c").join()).contains("sold out");
        assertThat(booked()).isEmpty();
    }

    @Test
    void whatIsSwallowedInTheBodyIsNotSwallowedByTheDatabase() throws InterruptedException {
        assertThat(failure(sql -> {
                    book(sql, "d");
                    try (var statement = sql.createStatement()) {
                        statement.execute("SELECT 1 / 0");
                    } catch (SQLException e) {
                        return 1;
                    }
                    return 2;
                }))
                .contains("aborted");
        assertThat(booked()).isEmpty();
    }

    @Test
    void aConstraintThatIsLookedAtWhenItIsCommittedFailsTheStep() throws InterruptedException {
        sql("ALTER TABLE booked ADD UNIQUE (who) DEFERRABLE INITIALLY DEFERRED");
        assertThat(failure(sql -> {
                    book(sql, "e");
                    return book(sql, "e");
                }))
                .contains("duplicate key");
        assertThat(booked()).isEmpty();
    }

    /** A trigger that waits, at the commit as far as the user is concerned; nobody waits with it. */
    @Test
    void whatWaitsInADeferredTriggerKeepsNobodyElseWaiting() throws Exception {
        deferred("waits", "PERFORM pg_advisory_xact_lock(77)");
        body.set((ctx, input) -> ctx.transaction("book", String.class, sql -> {
            book(sql, input);
            return input;
        }));
        try (Connection other = DriverManager.getConnection(DATABASE.jdbcUrl())) {
            ask(other, "SELECT pg_advisory_lock(77)");
            RunHandle<String> run = start("s");
            await("the trigger waits")
                    .atMost(LONG)
                    .until(() -> !all("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'advisory'")
                            .isEmpty());
            sql("SELECT 1 FROM holdfast.runs WHERE id = '" + run.id().uuid() + "' FOR UPDATE NOWAIT");
            run.cancel();
            assertThatThrownBy(() -> run.join(LONG))
                    .isInstanceOf(RunFailed.class)
                    .hasMessageContaining("CANCELLED");
        }
        assertThat(booked()).isEmpty();
        assertThat(start("t").join()).isEqualTo("t");
        assertThat(booked()).containsExactly("t");
    }

    /** The query of a cursor that outlives its transaction is executed at the commit. */
    @Test
    void aCursorThatOutlivesTheBodyIsClosedWithIt() throws InterruptedException {
        body.set((ctx, input) -> ctx.transaction("book", String.class, sql -> {
            execute(sql, "DECLARE kept CURSOR WITH HOLD FOR SELECT pg_sleep(60)");
            book(sql, input);
            return input;
        }));
        assertThat(start("u").join(LONG)).contains("u");
    }

    /** Whatever the database calls it: only a session that is lost is nobody's. */
    @Test
    void whatADeferredTriggerRefusesFailsTheStepWhateverItSays() throws InterruptedException {
        for (String state : List.of("40P01", "55P03", "53100", "57P01", "08006")) {
            deferred("refuses", "RAISE 'refused' USING ERRCODE = '" + state + "'");
            var bodies = new AtomicInteger();
            assertThat(failure(sql -> {
                        bodies.incrementAndGet();
                        return book(sql, state);
                    }))
                    .as(state)
                    .contains("refused");
            assertThat(bodies).as(state).hasValue(1);
        }
        assertThat(booked()).isEmpty();
    }

    /** At the commit. */
    private static void deferred(String name, String what) {
        sql("CREATE OR REPLACE FUNCTION " + name + "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + what
                + "; RETURN NULL; END $$; DROP TRIGGER IF EXISTS deferred ON booked;"
                + " CREATE CONSTRAINT TRIGGER deferred AFTER INSERT ON booked DEFERRABLE INITIALLY DEFERRED"
                + " FOR EACH ROW EXECUTE FUNCTION " + name + "()");
    }

    @Test
    void theBodyDoesNotEndTheTransaction() throws InterruptedException {
        body.set((ctx, input) -> {
            var refused = new ArrayList<String>();
            ctx.transaction("book", Integer.class, sql -> {
                refused.add(refused(sql::commit));
                refused.add(refused(sql::rollback));
                refused.add(refused(sql::close));
                refused.add(refused(() -> sql.setAutoCommit(true)));
                refused.add(refused(() -> sql.abort(Runnable::run)));
                book(sql, input);
                var before = sql.setSavepoint();
                book(sql, "undone");
                sql.rollback(before);
                return 0;
            });
            return String.join(" ", refused);
        });
        String all = start("f").join().replace("transaction_not_yours", "no");
        assertThat(all).isEqualTo("no no no no no");
        assertThat(booked()).containsExactly("f");
    }

    @Test
    void oneThatEndsItAllTheSameHasNotHappened() throws InterruptedException {
        for (String end : List.of("COMMIT", "ROLLBACK", "COMMIT AND CHAIN", "ROLLBACK; BEGIN")) {
            assertThat(failure(sql -> {
                        execute(sql, end);
                        return 1;
                    }))
                    .as(end)
                    .contains("has ended the transaction");
        }
    }

    @Test
    void aConnectionIsOfNoUseWhenTheBodyWasLeft() throws InterruptedException, SQLException {
        var kept = new AtomicReference<Connection>();
        body.set((ctx, input) -> {
            ctx.transaction("book", Integer.class, sql -> {
                kept.set(sql);
                return 0;
            });
            return input;
        });
        start("g").join();
        assertThatThrownBy(() -> book(kept.get(), "g"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("has been left");
        assertThat(kept.get().isClosed()).isTrue();
    }

    @Test
    void eachSessionIsAsNewAndTheUsersOwn() throws InterruptedException {
        sql("CREATE TABLE IF NOT EXISTS noted (what text); DELETE FROM noted;"
                + " CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS"
                + " $$ BEGIN INSERT INTO noted VALUES (current_setting('search_path')); RETURN NULL; END $$;"
                + " CREATE CONSTRAINT TRIGGER noting AFTER INSERT ON booked DEFERRABLE INITIALLY DEFERRED"
                + " FOR EACH ROW EXECUTE FUNCTION note()");
        body.set((ctx, input) -> ctx.transaction("book", String.class, sql -> {
            String path = ask(sql, "SHOW search_path");
            String plans = ask(sql, "SHOW enable_seqscan");
            String name = ask(sql, "SHOW application_name");
            execute(sql, "CREATE TEMPORARY TABLE runs (id text); CREATE TEMPORARY TABLE steps (id text)");
            execute(sql, "SET search_path = nowhere, public; SET application_name = 'mine'; SET enable_seqscan = off");
            book(sql, input);
            return path + " " + plans + " " + name.replaceAll("[0-9]+", "N");
        }));
        for (int i = 0; i < 20; i++) {
            assertThat(start("h" + i).join()).isEqualTo("\"$user\", public on holdfast/N");
        }
        assertThat(booked()).hasSize(20);
        assertThat(all("SELECT DISTINCT what FROM noted")).containsExactly("nowhere, public");
        sql("DROP TABLE booked, noted");
    }

    /** The server says how far its log is on the disk. */
    @Test
    void whatIsRecordedIsOnTheDiskWhateverTheBodySays() throws InterruptedException {
        body.set((ctx, input) -> {
            String written = ctx.transaction("book", String.class, sql -> {
                execute(sql, input + " synchronous_commit = off");
                book(sql, input);
                return ask(sql, "SELECT pg_current_wal_insert_lsn()");
            });
            return all("SELECT pg_current_wal_flush_lsn() > '" + written + "'").getFirst();
        });
        for (int i = 0; i < 10; i++) {
            for (String set : List.of("SET", "SET LOCAL"))
                assertThat(start(set).join()).isEqualTo("t");
        }
    }

    @Test
    void theBodysImpatienceIsNotTheLedgers() throws Exception {
        var bodies = new AtomicInteger();
        try (Connection other = DriverManager.getConnection(DATABASE.jdbcUrl())) {
            other.setAutoCommit(false);
            body.set((ctx, input) -> ctx.transaction("book", String.class, sql -> {
                execute(sql, "SET lock_timeout = '10ms'");
                book(sql, input);
                String run = ctx.runId().uuid().toString();
                if (bodies.incrementAndGet() == 1)
                    execute(other, "SELECT 1 FROM holdfast.runs WHERE id = '" + run + "' FOR UPDATE");
                return input;
            }));
            RunHandle<String> run = start("v");
            await("its record waits for the run")
                    .atMost(LONG)
                    .until(() -> bodies.get() > 1
                            || !all("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                                    .isEmpty());
            // Longer than the body would wait.
            ask(other, "SELECT pg_sleep(0.1)");
            other.rollback();
            assertThat(run.join(LONG)).contains("v");
        }
        assertThat(bodies).hasValue(1);
        assertThat(booked()).containsExactly("v");
    }

    @Test
    void aSessionThatIsLostInTheBodyIsNoFailureOfTheStep() throws InterruptedException {
        var bodies = new AtomicInteger();
        body.set((ctx, input) -> {
            int left = ctx.transaction("book", Integer.class, sql -> {
                int booked = book(sql, input);
                if (bodies.incrementAndGet() < 3) {
                    sql("SELECT pg_terminate_backend(" + ask(sql, "SELECT pg_backend_pid()") + ")");
                    book(sql, input);
                }
                return booked;
            });
            return input + left + " in attempt " + ctx.attempt();
        });
        assertThat(start("i").join()).isEqualTo("i1 in attempt 1");
        assertThat(booked()).containsExactly("i");
        assertThat(bodies).hasValue(3);
    }

    @Test
    void anAnswerThatIsLostIsLookedUpAndTheBodyIsNotExecutedAgain() throws InterruptedException {
        assertThat(throughAThief(CommitThief.Way.ANSWER_LOST)).isEqualTo("q 1 1");
        assertThat(booked()).containsExactly("q");
    }

    @Test
    void aCommitThatDidNotArriveIsNoneAndTheBodyIsExecutedAgain() throws InterruptedException {
        assertThat(throughAThief(CommitThief.Way.COMMIT_LOST)).isEqualTo("q 2 2");
        assertThat(booked()).containsExactly("q");
    }

    private String throughAThief(CommitThief.Way way) throws InterruptedException {
        var calls = new AtomicInteger();
        var bodies = new AtomicInteger();
        body.set((ctx, input) -> {
            calls.incrementAndGet();
            ctx.transaction("book", Integer.class, sql -> {
                bodies.incrementAndGet();
                return book(sql, input);
            });
            return input + " " + bodies + " " + calls;
        });
        holdfast.close();
        try (var thief = new CommitThief(DATABASE.url());
                var node =
                        Holdfast.cluster(ClusterOptions.at(thief.url()), NodeOptions.defaults(), List.of(handler()))) {
            thief.steal(way);
            String result = node.start(WORK, "q").join();
            thief.awaitStolen();
            return result;
        }
    }

    @Test
    void whoHasLostTheRunMeanwhileLeavesNothing() throws InterruptedException {
        var bodies = new AtomicInteger();
        body.set((ctx, input) -> ctx.transaction("book", String.class, sql -> {
            book(sql, input + bodies.incrementAndGet());
            if (bodies.get() == 1) {
                sql("UPDATE holdfast.runs SET epoch = epoch + 1, holder_incarnation = 0 WHERE id = '"
                        + ctx.runId().uuid() + "'");
            }
            return input;
        }));
        assertThat(start("j").join()).isEqualTo("j");
        assertThat(booked()).containsExactly("j2");
    }

    @Test
    void nothingOfHoldfastIsLockedWhileTheBodyExecutes() throws InterruptedException {
        body.set((ctx, input) -> ctx.transaction("book", String.class, sql -> {
            book(sql, input);
            String run = ctx.runId().uuid().toString();
            sql("SELECT 1 FROM holdfast.runs WHERE id = '" + run + "' FOR UPDATE NOWAIT");
            return ask(
                    sql,
                    "SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE l.pid = pg_backend_pid()"
                            + " AND c.relnamespace = 'holdfast'::regnamespace");
        }));
        assertThat(start("k").join()).isEqualTo("0");
    }

    @Test
    void aCancelRollsBackWhatIsInTheBody() throws InterruptedException {
        var inside = new CountDownLatch(1);
        body.set((ctx, input) -> ctx.transaction("book", String.class, sql -> {
            book(sql, input);
            inside.countDown();
            ask(sql, "SELECT pg_sleep(60)");
            return input;
        }));
        RunHandle<String> run = start("l");
        inside.await();
        run.cancel();
        assertThatThrownBy(run::join).isInstanceOf(RunFailed.class).hasMessageContaining("CANCELLED");
        assertThat(booked()).isEmpty();
    }

    @Test
    void aTimeoutRollsItBackAndTheNextTryHasASessionOfItsOwn() throws InterruptedException {
        var tries = new AtomicInteger();
        // To get a session is part of the time, and another one may take longer than that.
        var step = BOOK.timeout(Duration.ofMillis(300)).retry(Retry.fixed(100, Duration.ZERO));
        body.set((ctx, input) -> {
            int left = ctx.transaction(step, sql -> {
                if (tries.incrementAndGet() == 1) {
                    book(sql, input);
                    ask(sql, "SELECT pg_sleep(60)");
                }
                return book(sql, input);
            });
            return input + left;
        });
        assertThat(start("m").join()).isEqualTo("m1");
        assertThat(booked()).containsExactly("m");
    }

    @Test
    void theyWaitForEachOthersSessions() throws InterruptedException {
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        body.set((ctx, input) -> ctx.transaction("book", String.class, sql -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            book(sql, input);
            ask(sql, "SELECT pg_sleep(0.3)");
            inside.decrementAndGet();
            return input;
        }));
        var inputs = IntStream.range(0, 40).mapToObj(i -> "n" + i).toList();
        for (var run : holdfast.startAll(WORK, inputs, Start.now())) run.join();
        assertThat(booked()).hasSize(40);
        assertThat(most).hasValueBetween(2, 8);
    }

    /** Interrupts whoever writes it down: after the body was left, and before it is committed. */
    private static final class Interrupting extends AbstractList<Integer> {
        @Override
        public Integer get(int index) {
            Thread.currentThread().interrupt();
            return index;
        }

        @Override
        public int size() {
            return 1;
        }
    }

    @Test
    void anInterruptThatComesBeforeTheCommitDoesNotBreakIt() throws InterruptedException {
        var bodies = new AtomicInteger();
        var step = Step.named("book", new TypeRef<List<Integer>>() {});
        body.set((ctx, input) -> {
            ctx.transaction(step, sql -> {
                bodies.addAndGet(book(sql, input));
                return new Interrupting();
            });
            return input + " " + Thread.interrupted();
        });
        for (int i = 1; i <= 8; i++) {
            assertThat(start("r" + i).join(LONG)).contains("r" + i + " true");
            assertThat(booked()).hasSize(i);
            assertThat(bodies).hasValue(i);
        }
    }

    @Test
    void isolationIsForTheBodyToSay() throws InterruptedException {
        body.set((ctx, input) -> ctx.transaction("book", String.class, sql -> {
            execute(sql, "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE");
            book(sql, input);
            return ask(sql, "SHOW transaction_isolation");
        }));
        assertThat(start("o").join()).isEqualTo("serializable");
        assertThat(booked()).containsExactly("o");
    }

    @Test
    void withoutADatabaseItIsRefused() throws InterruptedException {
        body.set((ctx, input) -> ctx.transaction("book", String.class, sql -> input));
        try (var alone = Holdfast.open(folder, handler())) {
            RunHandle<String> run = alone.start(WORK, "p");
            assertThatThrownBy(() -> run.join(LONG)).isInstanceOf(RunFailed.class);
            assertThat(alone.runs().show(Namespace.DEFAULT, run.id()).error())
                    .satisfies(error -> assertThat(error.code()).isEqualTo("transaction_unsupported"));
        }
    }

    private RunHandle<String> start(String input) {
        return holdfast.start(WORK, input);
    }

    private String failure(Step.SqlBody<Integer> broken) throws InterruptedException {
        body.set((ctx, input) -> {
            try {
                return "returned " + ctx.transaction(BOOK, broken);
            } catch (StepFailed e) {
                return e.error().message();
            }
        });
        return start("broken").join(LONG).orElse("the body is executed again and again");
    }

    private interface Call {
        void call() throws SQLException;
    }

    private static String refused(Call call) {
        return catchThrowableOfType(Refused.class, call::call).code();
    }

    private static int book(Connection sql, String who) throws SQLException {
        try (var insert = sql.prepareStatement("INSERT INTO booked VALUES (?)")) {
            insert.setString(1, who);
            return insert.executeUpdate();
        }
    }

    private static void execute(Connection sql, String text) throws SQLException {
        try (var statement = sql.createStatement()) {
            statement.execute(text);
        }
    }

    private static String ask(Connection sql, String question) throws SQLException {
        try (var statement = sql.createStatement();
                var rows = statement.executeQuery(question)) {
            rows.next();
            return String.valueOf(rows.getString(1));
        }
    }

    private static String url() {
        return DATABASE.url().toString();
    }

    private static void sql(String text) {
        DATABASE.server().query(DATABASE.name(), text);
    }

    private static List<String> booked() {
        return all("SELECT who FROM booked ORDER BY who");
    }

    private static List<String> all(String question) {
        return DATABASE.server().query(DATABASE.name(), question).stream()
                .map(row -> String.valueOf(row.getFirst()))
                .toList();
    }
}
