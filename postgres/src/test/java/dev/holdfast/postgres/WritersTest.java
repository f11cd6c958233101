package dev.holdfast.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Command;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.Admission;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.Write;
import dev.holdfast.engine.system.SystemClock;
import dev.holdfast.engine.system.SystemIds;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.postgres.session.Connections;
import dev.holdfast.sql.LaneKey;
import dev.holdfast.sql.Session;
import dev.holdfast.testkit.Changes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the writers of a node do side by side, and how they write many rows at once. */
final class WritersTest {
    private static final TestDatabase DATABASE = Opened.database();
    private static final Connections CONNECTIONS = Opened.connections(DATABASE);
    private static final Opened.Supply SESSIONS = Opened.Supply.of(CONNECTIONS);
    private static final Backdoor BACKDOOR = new Backdoor(CONNECTIONS);
    private static final SystemIds IDS = new SystemIds();
    private static final Duration SOON = Duration.ofSeconds(20);
    /** More than a few: they are copied. */
    private static final int MANY = 50;

    static final String REQUEST =
            "INSERT INTO requests (namespace, id, fingerprint, answer, at) VALUES ('default', '%s', '', '', 0)";

    private final ExecutorService hands = Executors.newCachedThreadPool();
    private Opened one;
    private Opened two;

    @BeforeEach
    void open() {
        one = Opened.in(SESSIONS, new SystemClock(), IDS);
        two = Opened.beside(SESSIONS, new SystemClock(), IDS);
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
        hands.shutdownNow();
        Opened.empty(SESSIONS);
    }

    @AfterAll
    static void drop() {
        DATABASE.close();
    }

    @Test
    void whoBeginsDoesNotWaitForWhoGoesOn() throws Exception {
        Run running = one.running(IDS);
        try (Connection outside = CONNECTIONS.open()) {
            Future<Receipt> end = endsBehind(outside, running);
            var start = Changes.start(IDS, one.ledger().now(), "1");
            assertThat(one.ledger().commit(start)).isEqualTo(new Receipt.Applied());
            assertThat(end.isDone()).isFalse();
            outside.rollback();
            assertThat(end.get()).isEqualTo(new Receipt.Applied());
        }
    }

    @Test
    void whoWantsWhatSomebodyKeepsLockedStandsAsideForTheOthers() throws Exception {
        Run kept = one.running(IDS);
        Run other = one.running(IDS);
        try (Connection outside = CONNECTIONS.open()) {
            Future<Receipt> waits = endsBehind(outside, kept);
            assertThat(one.ledger().commit(Changes.succeed(IDS, one.ledger().now(), other, "2")))
                    .isEqualTo(new Receipt.Applied());
            assertThat(waits.isDone()).isFalse();
            outside.rollback();
            assertThat(waits.get()).isEqualTo(new Receipt.Applied());
        }
    }

    @Test
    void whoWantsALaneThatSomebodyKeepsLockedStandsAsideForTheOthers() throws Exception {
        Run other = one.running(IDS);
        Run kept = one.start(IDS, new Lane("talk", Lane.Kind.CONCURRENT));
        var change = Changes.start(IDS, one.ledger().now(), "2", kept.place().lane());
        try (Connection outside = CONNECTIONS.open()) {
            lock(outside, "SELECT 1 FROM lanes WHERE lane = 'talk' FOR UPDATE");
            var end = Changes.succeed(IDS, one.ledger().now(), other, "2");
            long before = one.ledger().figures().batches();
            Future<List<Receipt>> together = hands.submit(() -> one.ledger().commit(List.of(change)));
            awaitBlocked("SELECT namespace, queue, lane%", before);
            assertThat(one.ledger().commit(end)).isEqualTo(new Receipt.Applied());
            var plain = Changes.start(IDS, one.ledger().now(), "3");
            assertThat(one.ledger().commit(plain)).isEqualTo(new Receipt.Applied());
            assertThat(together.isDone()).isFalse();
            outside.rollback();
            assertThat(together.get()).containsExactly(new Receipt.Applied());
        }
    }

    /** All nodes lock lanes all the time. */
    @Test
    void aLaneThatIsLockedForAMomentIsNotKept() throws Exception {
        var lane = LaneKey.of(one.start(IDS, new Lane("talk", Lane.Kind.CONCURRENT)));
        try (Connection outside = CONNECTIONS.open();
                var session = new Session(CONNECTIONS.open(), new PgDialect())) {
            session.connection().setAutoCommit(false);
            var tx = new Transaction(session, one.ledger().now());
            outside.setAutoCommit(false);
            await("it is not kept when it was just locked").atMost(SOON).until(() -> {
                outside.rollback();
                lock(outside, "SELECT 1 FROM lanes WHERE lane = 'talk' FOR UPDATE");
                return LaneBook.kept(tx, List.of(lane)).isEmpty();
            });
            await("it is kept")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> LaneBook.kept(tx, List.of(lane)).contains(lane));
            outside.rollback();
            assertThat(LaneBook.kept(tx, List.of(lane))).isEmpty();
        }
    }

    @Test
    void whatIsDecidedOfManyLeavesOutTheOneThatSomebodyKeepsLocked() throws Exception {
        Run kept = two.running(IDS);
        Run other = two.running(IDS);
        try (Connection outside = CONNECTIONS.open()) {
            lock(outside, "SELECT 1 FROM runs WHERE id = '" + kept.id().uuid() + "' FOR UPDATE");
            assertThat(one.ledger().commit(List.of(lost(kept), lost(other))))
                    .containsExactly(new Receipt.Stale(), new Receipt.Applied());
            outside.rollback();
            assertThat(one.ledger().commit(lost(kept))).isEqualTo(new Receipt.Applied());
        }
    }

    /** What no row of a batch says is not sent, and what all say alike is sent once: nobody gets what is another's. */
    @Test
    void aBatchWritesOfEachRunWhatThatRunSays() {
        var starts = new ArrayList<Change>();
        for (int i = 0; i < MANY; i++) {
            Lane lane = i % 2 == 0 ? null : new Lane("lane " + i, Lane.Kind.CONCURRENT);
            String queue = i % 3 == 0 ? "other" : Defaults.QUEUE;
            starts.add(Changes.start(IDS, one.ledger().now(), "1", lane, queue));
        }
        assertWritten(starts);
        List<Run> given = one.claim(9).stream().map(Claimed::run).toList();
        assertWritten(given.subList(0, 2).stream().map(this::succeeded).toList());
        assertWritten(List.of(succeeded(given.get(2)), lost(given.get(3)), succeeded(given.get(4))));
        assertWritten(given.subList(5, 9).stream().map(this::lost).toList());
    }

    /** The start with this request id: its batch waits for whoever else inserts that. */
    static Change asked(Change start, String id) {
        var request = new Request(Namespace.DEFAULT, id, "f", "a");
        return new Change(start.id(), start.run(), start.expect(), request, start.writes());
    }

    private void assertWritten(List<Change> changes) {
        assertThat(one.ledger().commit(changes)).containsOnly(new Receipt.Applied());
        for (Change change : changes) {
            for (Write write : change.writes()) {
                if (write instanceof Write.Row row)
                    assertThat(one.ledger().reads().run(change.run())).contains(row.run());
            }
        }
    }

    private Change succeeded(Run run) {
        return Changes.succeed(IDS, one.ledger().now(), run, "1");
    }

    /** Until a claim is its writer's turn attempts may leave: their slots are not kept free for nobody. */
    @Test
    void aClaimWishesForWhatIsFreeWhenItGives() throws Exception {
        Change start = Changes.start(IDS, one.ledger().now(), "7");
        Change asked = asked(start, "wish");
        var free = new AtomicInteger(0);
        try (Connection outside = CONNECTIONS.open()) {
            lock(outside, REQUEST.formatted("wish"));
            Future<Receipt> starts = hands.submit(() -> one.ledger().commit(asked));
            BACKDOOR.awaitBlocked("INSERT INTO requests%");
            Future<List<Claimed>> claims = hands.submit(() -> one.ledger().claim(() -> {
                var admission = new Admission(Map.of("t", "1"), free.get());
                return new Claim(one.node(), admission, admission.slots());
            }));
            await("a claim that waits").atMost(SOON).until(() -> isWaitingForAnswer(Thread.getAllStackTraces()));
            free.set(1);
            outside.rollback();
            assertThat(starts.get()).isEqualTo(new Receipt.Applied());
            assertThat(claims.get()).extracting(c -> c.run().id()).containsExactly(start.run());
        }
    }

    @Test
    void aClaimForWhichNothingWaitsIsNoTransaction() {
        Run run = one.running(IDS);
        one.ledger().commit(Changes.succeed(IDS, one.ledger().now(), run, "1"));
        long before = one.ledger().figures().batches();
        assertThat(one.claim(5)).isEmpty();
        assertThat(one.ledger().figures().batches()).isEqualTo(before);
        one.start(IDS, null);
        assertThat(one.claim(5)).hasSize(1);
    }

    @Test
    void aClaimThatFindsEverythingLockedIsRepeatedUntilItIsFree() throws Exception {
        var start = Changes.start(IDS, two.ledger().now(), "1");
        two.ledger().commit(start);
        try (Connection outside = CONNECTIONS.open()) {
            lock(outside, "SELECT 1 FROM runs WHERE id = '" + start.run().uuid() + "' FOR UPDATE");
            var asked = new AtomicInteger();
            List<Claimed> claimed = one.ledger().claim(() -> {
                // It is free when it is asked for what it wants for the second time.
                if (asked.incrementAndGet() == 2) unlock(outside);
                return new Claim(one.node(), new Admission(Map.of("t", "1"), 5), 5);
            });
            assertThat(claimed).extracting(c -> c.run().id()).containsExactly(start.run());
            assertThat(asked).hasValueGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void whoWaitsIsReleasedByACutThoughNoSessionCanBeMade() throws Exception {
        var start = Changes.start(IDS, one.ledger().now(), "1");
        assertThatACutReleases("holdfast-begin", store -> store.ledger().commit(start));
    }

    @Test
    void whoReadsIsReleasedByACutThoughNoSessionCanBeMade() throws Exception {
        var run = RunId.of(IDS.next());
        assertThatACutReleases("holdfast-login", store -> store.ledger().reads().run(run));
    }

    /** @param login the thread whose logins hang */
    private void assertThatACutReleases(String login, Consumer<PgStore> waiter) throws Exception {
        var reachable = new CountDownLatch(1);
        var asked = new CountDownLatch(1);
        var outside = new PgStore.Outside(
                hanging(Writing.sessions(CONNECTIONS), login, asked, reachable),
                hanging(Writing.reading(CONNECTIONS), login, asked, reachable),
                new SystemThreads(),
                new SystemClock(),
                IDS);
        try (var store = PgStore.open(outside, Opened.join(SESSIONS, 77), one.ledger()::now)) {
            try {
                Future<?> waits = hands.submit(() -> waiter.accept(store));
                asked.await();
                store.cut();
                assertThatExceptionOfType(ExecutionException.class)
                        .isThrownBy(() -> waits.get(20, TimeUnit.SECONDS))
                        .withCauseInstanceOf(Unavailable.class);
            } finally {
                reachable.countDown();
            }
        }
    }

    private static Sessions hanging(Sessions open, String thread, CountDownLatch asked, CountDownLatch reachable) {
        return () -> {
            if (Thread.currentThread().getName().startsWith(thread)) {
                asked.countDown();
                uninterruptibly(reachable);
            }
            return open.open();
        };
    }

    @Test
    void whatABatchThatIsTriedAgainHasFoundOutIsNotBelieved() throws Exception {
        var lane = new Lane("talk", Lane.Kind.CONCURRENT);
        one.ledger().commit(Changes.start(IDS, one.ledger().now(), "1", lane));
        // The row of the other queue is there by then, and has to be written once more.
        BACKDOOR.execute("CREATE SEQUENCE tried; CREATE FUNCTION once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                + " IF nextval('tried') = 1 THEN RAISE EXCEPTION 'once' USING ERRCODE = '40P01'; END IF;"
                + " RETURN NULL; END $$;"
                + " CREATE TRIGGER once AFTER UPDATE ON lanes FOR EACH STATEMENT EXECUTE FUNCTION once()");
        var other = Changes.start(IDS, one.ledger().now(), "2", null, "other");
        try {
            assertThat(one.ledger()
                            .commit(List.of(
                                    other, Changes.start(IDS, one.ledger().now(), "3", lane))))
                    .containsOnly(new Receipt.Applied());
        } finally {
            BACKDOOR.execute("DROP TRIGGER once ON lanes; DROP FUNCTION once(); DROP SEQUENCE tried");
        }
        assertThat(two.claim(5)).extracting(c -> c.run().id()).contains(other.run());
    }

    /** Who claims has it locked: what he does not see of a stop was not answered when he looked. */
    @Test
    void aStopOfManyWaitsForWhoeverClaimsOneOfThem() throws Exception {
        Change first = Changes.start(IDS, one.ledger().now(), "1");
        Change last = Changes.start(IDS, one.ledger().now(), "2");
        one.ledger().commit(List.of(first, last));
        try (Connection outside = CONNECTIONS.open()) {
            lock(outside, "SELECT 1 FROM runs WHERE id = '" + first.run().uuid() + "' FOR NO KEY UPDATE");
            var writes = Stream.of(first, last)
                    .<Write>map(each -> new Write.Post(each.run(), Message.cancel(IDS.next())))
                    .toList();
            long before = one.ledger().figures().batches();
            Future<Receipt> stop = hands.submit(
                    () -> one.ledger().commit(new Change(IDS.next(), last.run(), new Expect.Alive(), null, writes)));
            awaitBlocked("SELECT id, holder_kind%", before);
            assertThat(one.ledger().reads().inbox(last.run())).isEmpty();
            outside.rollback();
            assertThat(stop.get()).isEqualTo(new Receipt.Applied());
        }
        assertThat(two.claim(5)).isEmpty();
    }

    /** Its end waits for somebody outside, who keeps its row locked. */
    private Future<Receipt> endsBehind(Connection outside, Run run) throws SQLException {
        lock(outside, "SELECT 1 FROM runs WHERE id = '" + run.id().uuid() + "' FOR UPDATE");
        long before = one.ledger().figures().batches();
        Future<Receipt> end = hands.submit(
                () -> one.ledger().commit(Changes.succeed(IDS, one.ledger().now(), run, "1")));
        awaitBlocked("SELECT id, holder_kind%", before);
        return end;
    }

    /** It waits in this statement for a second, and stands aside then: another batch is made without it. */
    private void awaitBlocked(String statement, long batches) {
        await("blocked: " + statement)
                .atMost(SOON)
                .until(() ->
                        BACKDOOR.isBlocked(statement) || one.ledger().figures().batches() > batches);
    }

    /** As a sweep has it: whoever sweeps meets it again. */
    private Change lost(Run run) {
        var holder = Objects.requireNonNull(run.fence().holder());
        var lost = new Command.Lost(holder, Command.Blame.COUNTED);
        Change change = Changes.of(IDS, one.ledger().now(), run, lost);
        return new Change(change.id(), change.run(), Expect.atRest(run), change.request(), change.writes());
    }

    static void uninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void manyNewRunsAreWrittenAsTheyAre() throws SQLException {
        var odd =
                List.of("\"tab\\t\"", "\"\\\\N\"", "\"'; --\"", "\"{a,b}\"", "\"\u00e4\ud83d\ude00\"", "null", "\"\"");
        var starts = new ArrayList<Change>();
        for (int i = 0; i < MANY; i++)
            starts.add(Changes.start(IDS, one.ledger().now(), odd.get(i % odd.size())));
        assertThat(one.ledger().commit(starts)).hasSize(MANY).containsOnly(new Receipt.Applied());
        for (int i = 0; i < MANY; i++) {
            var view = one.ledger()
                    .reads()
                    .view(Namespace.DEFAULT, starts.get(i).run())
                    .orElseThrow();
            assertThat(view.input()).isEqualTo(odd.get(i % odd.size()));
        }
        assertThat(one.claim(MANY)).hasSize(MANY);
    }

    @Test
    void amongManyNewRunsOnlyTheOneThatCannotBeWrittenIsRefused() {
        var starts = new ArrayList<Change>();
        for (int i = 0; i < MANY; i++) {
            starts.add(Changes.start(IDS, one.ledger().now(), i == 17 ? "\"\0\"" : "1"));
        }
        var receipts = one.ledger().commit(starts);
        for (int i = 0; i < MANY; i++) {
            if (i == 17) assertThat(receipts.get(i)).isInstanceOf(Receipt.Rejected.class);
            else assertThat(receipts.get(i)).isEqualTo(new Receipt.Applied());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, MANY})
    void anIdThatSomebodyUsesAtTheSameMomentIsStale(int many) throws Exception {
        var starts = new ArrayList<Change>();
        for (int i = 0; i < many; i++)
            starts.add(Changes.start(IDS, one.ledger().now(), "1"));
        RunId taken = starts.getLast().run();
        try (Connection outside = CONNECTIONS.open()) {
            copy(outside, two.running(IDS).id(), taken);
            Future<List<Receipt>> receipts = hands.submit(() -> one.ledger().commit(starts));
            BACKDOOR.awaitBlocked(many == 1 ? "INSERT INTO runs%" : "COPY runs%");
            outside.commit();
            assertThat(receipts.get().getLast()).isEqualTo(new Receipt.Stale());
            assertThat(receipts.get().stream().filter(new Receipt.Applied()::equals))
                    .hasSize(many - 1);
        }
    }

    static boolean isWaitingForAnswer(Map<Thread, StackTraceElement[]> all) {
        return all.entrySet().stream()
                .filter(e -> e.getKey().getState() == Thread.State.WAITING)
                .anyMatch(e -> java.util.Arrays.stream(e.getValue())
                        .anyMatch(f -> f.getClassName().equals(PgLedger.class.getName())
                                && f.getMethodName().equals("claim")));
    }

    /** The same row under another id, in a transaction that goes on. */
    private static void copy(Connection outside, RunId from, RunId to) throws SQLException {
        lock(
                outside,
                "CREATE TEMP TABLE other ON COMMIT DROP AS SELECT * FROM runs WHERE id = '" + from.uuid()
                        + "'; UPDATE other SET id = '" + to.uuid() + "'; INSERT INTO runs SELECT * FROM other");
    }

    static void lock(Connection outside, String sql) throws SQLException {
        outside.setAutoCommit(false);
        try (var statement = outside.createStatement()) {
            // For as long as the test takes.
            statement.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
            statement.execute(sql);
        }
    }

    private static void unlock(Connection outside) {
        try {
            outside.rollback();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
