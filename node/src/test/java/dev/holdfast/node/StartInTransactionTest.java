package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.RunFailed;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.RunHandle;
import dev.holdfast.sdk.Start;
import dev.holdfast.sdk.Task;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that are started in a transaction of the user's, on a connection of his own. */
final class StartInTransactionTest {
    private static final TestDatabase DATABASE = TestDatabase.fresh();
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Task<String, String> WORK = Task.named("work", String.class, String.class);
    private static final Task<String, String> TURNS =
            Task.named("turns", String.class, String.class).queue("turns").serialLane(in -> "lane");
    private static final Task<String, String> FRESH =
            Task.named("fresh", String.class, String.class).queue("fresh");
    private static final Task<String, String> BOTH = Task.named("both", String.class, String.class);

    private static final Task<String, String> PARENT = Task.named("parent", String.class, String.class);

    private static final AtomicInteger CALLS = new AtomicInteger();
    private static final CountDownLatch MAY_END = new CountDownLatch(1);

    private static Holdfast holdfast;

    @TempDir
    Path folder;

    @BeforeAll
    static void open() {
        sql("CREATE TABLE ordered (what text NOT NULL)");
        var options = NodeOptions.defaults().engine(EngineOptions.defaults().slots(20));
        holdfast = Holdfast.cluster(ClusterOptions.at(url()), options, handlers());
    }

    @AfterAll
    static void drop() {
        holdfast.close();
        DATABASE.close();
    }

    private static List<Handler<?, ?>> handlers() {
        return List.of(
                WORK.handle((ctx, in) -> in + "!"),
                TURNS.handle((ctx, in) -> {
                    if (in.equals("first")) ctx.step("waits", s -> MAY_END.await());
                    return in;
                }),
                FRESH.handle((ctx, in) -> in),
                PARENT.handle((ctx, in) -> {
                    CALLS.incrementAndGet();
                    return ctx.call(WORK, in, Start.idempotent(in));
                }),
                BOTH.handle((ctx, in) -> {
                    String child = ctx.transaction("both", String.class, sql -> {
                        order(sql, in);
                        return holdfast.start(sql, WORK, in, Start.now()).id().toString();
                    });
                    return child;
                }));
    }

    @Test
    void whatIsCommittedExistsAndEndsSoon() throws Exception {
        try (Connection sql = connect()) {
            order(sql, "a");
            RunHandle<String> run = holdfast.start(sql, WORK, "a", Start.now());
            assertThat(refused(run::show)).isEqualTo("run_unknown");
            assertThat(all("SELECT count(*) FROM holdfast.runs WHERE id = '"
                            + run.id().uuid() + "'"))
                    .containsExactly("0");
            sql.commit();
            long committed = System.nanoTime();
            assertThat(run.join(LONG)).contains("a!");
            long millis = (System.nanoTime() - committed) / 1_000_000;
            System.out.println("from the commit to the end of the run: " + millis + " ms");
            assertThat(all("SELECT what FROM ordered WHERE what = 'a'")).containsExactly("a");
        }
    }

    /** A look comes every second; most of these do not wait for it. */
    @Test
    void theNodeHearsOfItWithTheCommit() throws Exception {
        long slow = 0;
        try (Connection sql = connect()) {
            for (int i = 0; i < 20; i++) {
                RunHandle<String> run = holdfast.start(sql, WORK, "soon", Start.now());
                sql.commit();
                long committed = System.nanoTime();
                run.join();
                if (System.nanoTime() - committed > 300_000_000L) slow++;
            }
        }
        assertThat(slow).isLessThan(5);
    }

    @Test
    void whatIsRolledBackDoesNotExist() throws Exception {
        try (Connection sql = connect()) {
            order(sql, "b");
            RunHandle<String> run =
                    holdfast.start(sql, FRESH, "b", Start.idempotent("b").requestId("b"));
            sql.rollback();
            assertThat(refused(run::show)).isEqualTo("run_unknown");
            RunHandle<String> other =
                    holdfast.start(FRESH, "b", Start.idempotent("b").requestId("b"));
            assertThat(other.id()).isNotEqualTo(run.id());
            assertThat(other.join()).isEqualTo("b");
        }
        assertThat(all("SELECT what FROM ordered WHERE what = 'b'")).isEmpty();
    }

    @Test
    void aSessionThatEndsBeforeTheCommitLeavesNone() throws Exception {
        RunHandle<String> run;
        try (Connection sql = connect()) {
            run = holdfast.start(sql, WORK, "c", Start.now());
            sql.abort(Runnable::run);
        }
        assertThat(refused(run::show)).isEqualTo("run_unknown");
    }

    @Test
    void whileItIsOpenNobodyWaitsForItsQueueOrItsLane() throws Exception {
        var limited = new QueueChange.OfQueue(null, new QueueChange.To<>(1), null, null);
        holdfast.runs().change(Namespace.DEFAULT, "turns", limited, null);
        RunHandle<String> first = holdfast.start(TURNS, "first");
        await("the first has the slot of its lane")
                .atMost(LONG)
                .until(() ->
                        !all("SELECT 1 FROM holdfast.lanes WHERE taken = 1").isEmpty());
        try (Connection sql = connect()) {
            RunHandle<String> inside = holdfast.start(sql, TURNS, "inside", Start.now());
            RunHandle<String> after = holdfast.start(TURNS, "after");
            MAY_END.countDown();
            assertThat(first.join(LONG)).contains("first");
            assertThat(after.join(LONG)).contains("after");
            sql.commit();
            assertThat(inside.join(LONG)).contains("inside");
        }
    }

    @Test
    void aKeyAndARequestIdAreAnsweredAsInAnyStart() throws Exception {
        try (Connection sql = connect()) {
            RunHandle<String> first =
                    holdfast.start(sql, WORK, "d", Start.idempotent("d").requestId("d1"));
            RunHandle<String> again =
                    holdfast.start(sql, WORK, "d", Start.idempotent("d").requestId("d1"));
            RunHandle<String> held =
                    holdfast.start(sql, WORK, "d", Start.idempotent("d").requestId("d2"));
            assertThat(again.id()).isEqualTo(first.id());
            assertThat(held.id()).isEqualTo(first.id());
            assertThat(refused(
                            () -> holdfast.start(sql, WORK, "other", Start.now().requestId("d1"))))
                    .isEqualTo("request_id_reused");
            sql.commit();
            assertThat(holdfast.start(WORK, "d", Start.idempotent("d").requestId("d2"))
                            .id())
                    .isEqualTo(first.id());
            assertThat(holdfast.start(WORK, "d", Start.idempotent("d").requestId("d1"))
                            .id())
                    .isEqualTo(first.id());
            assertThat(first.join()).isEqualTo("d!");
        }
    }

    @Test
    void ofTwoTransactionsWithOneKeyTheSecondHearsOfTheFirst() throws Exception {
        try (Connection one = connect();
                Connection two = connect()) {
            RunHandle<String> first = holdfast.start(one, WORK, "e", Start.idempotent("e"));
            var second = CompletableFuture.supplyAsync(() -> holdfast.start(two, WORK, "e", Start.idempotent("e")));
            await("the second waits for the first")
                    .atMost(LONG)
                    .until(() -> all("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                                    .size()
                            == 1);
            one.commit();
            assertThat(second.join().id()).isEqualTo(first.id());
            two.commit();
        }
    }

    @Test
    void whoWantsAKeyThatATransactionHasTakenIsToldSoAndKeepsNobodyElseWaiting() throws Exception {
        try (Connection open = connect()) {
            RunHandle<String> first =
                    holdfast.start(open, WORK, "l", Start.idempotent("l").requestId("l"));
            long asked = System.nanoTime();
            var sameKey = CompletableFuture.supplyAsync(
                    () -> refused(() -> holdfast.start(WORK, "l", Start.idempotent("l"))));
            var sameId = CompletableFuture.supplyAsync(
                    () -> refused(() -> holdfast.start(WORK, "l", Start.now().requestId("l"))));
            for (int i = 0; i < 20; i++) {
                assertThat(holdfast.start(WORK, "m" + i, Start.idempotent("m" + i))
                                .join())
                        .isEqualTo("m" + i + "!");
            }
            assertThat(sameKey.join()).isEqualTo("key_busy");
            assertThat(sameId.join()).isEqualTo("key_busy");
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(8));
            assertThat(refused(() -> holdfast.start(WORK, "l", Start.idempotent("l"))))
                    .isEqualTo("key_busy");
            open.commit();
            assertThat(holdfast.start(WORK, "l", Start.idempotent("l")).id()).isEqualTo(first.id());
        }
    }

    @Test
    void whoseKeyHasExpiredIsNotLockedByWhoTakesIt() throws Exception {
        RunHandle<String> before = holdfast.start(WORK, "n", Start.idempotent("n"));
        before.join();
        for (String isolation : List.of("READ COMMITTED", "REPEATABLE READ")) {
            try (Connection sql = connect()) {
                sql("UPDATE holdfast.runs SET key_until = 1 WHERE key_until IS NOT NULL AND key = 'n'");
                execute(sql, "SET TRANSACTION ISOLATION LEVEL " + isolation + "; SELECT 1");
                RunHandle<String> now = holdfast.start(sql, WORK, "n", Start.idempotent("n"));
                assertThat(now.id()).isNotEqualTo(before.id());
                sql("SELECT 1 FROM holdfast.runs WHERE id = '" + before.id().uuid() + "' FOR UPDATE NOWAIT");
                sql.commit();
                assertThat(now.join()).isEqualTo("n!");
                before = now;
            }
        }
    }

    /** What the parent waits for is over when somebody's transaction is: nobody else waits for that, nor does a cancel. */
    @Test
    void aParentWhoseChildsKeyIsTakenKeepsNobodyWaiting() throws Exception {
        try (Connection open = connect()) {
            RunHandle<String> first = holdfast.start(open, WORK, "o", Start.idempotent("o"));
            RunHandle<String> cancelled = holdfast.start(PARENT, "o");
            RunHandle<String> patient = holdfast.start(PARENT, "o");
            await("both are about to call").atMost(LONG).until(() -> CALLS.get() == 2);
            RunHandle<String> later = holdfast.start(WORK, "p", Start.now().delay(Duration.ofMillis(100)));
            assertThat(later.join(LONG)).contains("p!");
            cancelled.cancel();
            assertThatThrownBy(() -> cancelled.join(LONG))
                    .isInstanceOf(RunFailed.class)
                    .hasMessageContaining("CANCELLED");
            open.commit();
            assertThat(patient.join(LONG)).contains("o!");
            assertThat(first.join(LONG)).contains("o!");
        }
    }

    @Test
    void oneThatWaitsTooLongForAKeyIsToldToAskAgainAndItsTransactionGoesOn() throws Exception {
        try (Connection one = connect();
                Connection two = connect()) {
            RunHandle<String> first = holdfast.start(one, WORK, "f", Start.idempotent("f"));
            execute(two, "SET LOCAL lock_timeout = '200ms'");
            order(two, "f");
            assertThat(refused(() -> holdfast.start(two, WORK, "f", Start.idempotent("f"))))
                    .isEqualTo("key_busy");
            one.commit();
            assertThat(holdfast.start(two, WORK, "f", Start.idempotent("f")).id())
                    .isEqualTo(first.id());
            two.commit();
        }
        assertThat(all("SELECT what FROM ordered WHERE what = 'f'")).containsExactly("f");
    }

    @Test
    void aStartThatIsRefusedLeavesTheTransactionAsItWas() throws Exception {
        try (Connection sql = connect()) {
            execute(sql, "SET search_path = public; SET enable_seqscan = on");
            order(sql, "g");
            var wrong = Task.named("nobody", String.class, String.class);
            assertThat(refused(() -> holdfast.start(sql, wrong, "g", Start.now())))
                    .isEqualTo("task_unknown");
            assertThat(refused(() -> holdfast.start(sql, WORK, "g", Start.now().debounce("g", Duration.ofSeconds(1)))))
                    .isEqualTo("debounce_invalid");
            holdfast.start(sql, WORK, "g", Start.now());
            assertThat(ask(sql, "SHOW search_path") + ask(sql, "SHOW enable_seqscan") + ask(sql, "SHOW lock_timeout"))
                    .isEqualTo("publicon0");
            sql.commit();
            assertThat(ask(sql, "SHOW search_path")).isEqualTo("public");
        }
        assertThat(all("SELECT what FROM ordered WHERE what = 'g'")).containsExactly("g");
    }

    @Test
    void aConnectionThatCannotBeUsedIsRefused() throws Exception {
        try (Connection sql = connect()) {
            sql.setAutoCommit(true);
            assertThat(refusedOn(sql)).isEqualTo("connection_autocommit");
            sql.setAutoCommit(false);
            assertThatThrownBy(() -> execute(sql, "SELECT 1 / 0")).isInstanceOf(SQLException.class);
            assertThat(refusedOn(sql)).isEqualTo("transaction_failed");
            sql.rollback();
            execute(sql, "SET TRANSACTION READ ONLY");
            assertThat(refusedOn(sql)).isEqualTo("transaction_read_only");
            sql.rollback();
            execute(sql, "CREATE ROLE stranger; SET LOCAL ROLE stranger");
            assertThat(refusedOn(sql)).isEqualTo("connection_foreign");
            sql.rollback();
            try (var alone = Holdfast.open(folder, WORK.handle((ctx, in) -> in))) {
                assertThat(refused(() -> alone.start(sql, WORK, "h", Start.now())))
                        .isEqualTo("transaction_unsupported");
            }
        }
        try (var empty = TestDatabase.fresh()) {
            try (Connection foreign = connect(empty)) {
                assertThat(refusedOn(foreign)).isEqualTo("connection_foreign");
            }
            try (var other = Holdfast.cluster(
                            ClusterOptions.at(empty.url().toString()), NodeOptions.defaults(), handlers());
                    Connection foreign = connect(empty)) {
                assertThat(refusedOn(foreign)).isEqualTo("connection_foreign");
                assertThat(other.executing()).isZero();
            }
        }
    }

    @Test
    void aTransactionThatIsNotToKnowOfWhoWasQuickerIsToldSo() throws Exception {
        try (Connection sql = connect()) {
            execute(sql, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT 1");
            holdfast.start(WORK, "i", Start.idempotent("i").requestId("i")).join();
            assertThat(refused(() -> holdfast.start(sql, WORK, "i", Start.idempotent("i"))))
                    .isEqualTo("transaction_outdated");
            assertThat(refused(() -> holdfast.start(sql, WORK, "i", Start.now().requestId("i"))))
                    .isEqualTo("transaction_outdated");
            RunHandle<String> run = holdfast.start(sql, WORK, "i", Start.idempotent("i2"));
            sql.commit();
            assertThat(run.join()).isEqualTo("i!");
        }
    }

    @Test
    void aStepStartsARunWithWhatItWrites() throws Exception {
        var child = holdfast.start(BOTH, "j").join();
        var id = dev.holdfast.core.RunId.parse(child).orElseThrow();
        assertThat(holdfast.run(id, WORK).join()).isEqualTo("j!");
        assertThat(all("SELECT what FROM ordered WHERE what = 'j'")).containsExactly("j");
    }

    @Test
    void aDelayIsCountedFromTheStart() throws Exception {
        try (Connection sql = connect()) {
            long began = System.nanoTime();
            RunHandle<String> run = holdfast.start(
                    sql, WORK, "k", Start.now().delay(Duration.ofSeconds(2)).tags("later"));
            sql.commit();
            assertThat(run.join(LONG)).contains("k!");
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
        }
    }

    private static String refusedOn(Connection sql) {
        return refused(() -> holdfast.start(sql, WORK, "h", Start.now()));
    }

    private interface Call {
        void call() throws Exception;
    }

    private static String refused(Call call) {
        return catchThrowableOfType(HoldfastException.class, call::call).code();
    }

    private static void order(Connection sql, String what) throws SQLException {
        execute(sql, "INSERT INTO ordered VALUES ('" + what + "')");
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

    private static Connection connect() throws SQLException {
        return connect(DATABASE);
    }

    private static Connection connect(TestDatabase database) throws SQLException {
        Connection connection = DriverManager.getConnection(database.jdbcUrl());
        connection.setAutoCommit(false);
        return connection;
    }

    private static String url() {
        return DATABASE.url().toString();
    }

    private static void sql(String text) {
        DATABASE.server().query(DATABASE.name(), text);
    }

    private static List<String> all(String question) {
        return DATABASE.server().query(DATABASE.name(), question).stream()
                .map(row -> String.valueOf(row.getFirst()))
                .toList();
    }
}
